import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test } from "vitest";
import { EncoderCluster, type EncoderClusterArgs } from "../../../components/index.ts";
import { recordPulumi, valueOf, type Recorder } from "../pulumi-mocks.ts";

const CLUSTER = "gcp:container/cluster:Cluster";
const NODE_POOL = "gcp:container/nodePool:NodePool";

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi({
    outputs: ({ type }) =>
      type === CLUSTER
        ? { controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: "gke-1.us-central1.gke.goog" } } }
        : type === "gcp:serviceaccount/account:Account"
          ? { email: "nodes@my-project.iam.gserviceaccount.com" }
          : {},
  });
});

const common: EncoderClusterArgs = {
  projectId: "my-project",
  region: "us-central1",
  network: "projects/my-project/global/networks/encoders",
  subnet: {
    subnetwork: "projects/my-project/regions/us-central1/subnetworks/encoders",
    podRangeName: "pods",
    serviceRangeName: "services",
    controlPlaneRange: "10.0.32.0/28",
  },
  nodeTag: "encoders-nodes",
};
const encoderPools = [
  { name: "spot", machineType: "c3d-standard-16", maxNodes: 20, localSsdCount: 2, gvisor: true },
  { name: "long", machineType: "c3d-standard-30", maxNodes: 4, spot: false },
  { name: "gpu", machineType: "g2-standard-8", maxNodes: 2, gpu: { type: "nvidia-l4" } },
];

const make = async (args: Partial<EncoderClusterArgs> = {}): Promise<EncoderCluster> => {
  const pools = args.mode === "AUTOPILOT" ? {} : { encoderPools };
  const cluster = new EncoderCluster("encoders", { ...common, ...pools, ...args });
  await program.settled();
  return cluster;
};
const clusterInputs = () => program.only(CLUSTER).inputs;
const poolInputs = (name: string) => program.only(NODE_POOL, `encoders-${name}`).inputs;
const nodesOf = (name: string) => poolInputs(name)["nodeConfig"] as Record<string, unknown>;

describe("the control plane", () => {
  test.each([
    [true, { evaluationMode: "PROJECT_SINGLETON_POLICY_ENFORCE" }],
    [false, { evaluationMode: "DISABLED" }],
    [undefined, undefined],
  ])("with binaryAuthorization %j admits images as %j says", async (binaryAuthorization, sent) => {
    await make(binaryAuthorization === undefined ? {} : { binaryAuthorization });
    expect(clusterInputs()["binaryAuthorization"]).toEqual(sent);
  });

  test("is reached by its DNS endpoint alone", async () => {
    await make();
    expect(clusterInputs()).toMatchObject({
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: { allowExternalTraffic: true },
        ipEndpointsConfig: { enabled: false },
      },
      privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true },
    });
  });

  test("is closed to the outside when asked to be", async () => {
    await make({ reachableFromOutside: false });
    expect(clusterInputs()).toMatchObject({
      controlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic: false } },
    });
  });

  test("grants nothing to who is anonymous, or authenticated and nobody in particular", async () => {
    await make();
    expect(clusterInputs()).toMatchObject({
      anonymousAuthenticationConfig: { mode: "LIMITED" },
      rbacBindingConfig: {
        enableInsecureBindingSystemAuthenticated: false,
        enableInsecureBindingSystemUnauthenticated: false,
      },
    });
  });

  test.each(["STANDARD", "AUTOPILOT"] as const)(
    "in mode %s never gets what makes the provider replace it time and again",
    async (mode) => {
      await make({ mode });
      expect(clusterInputs()).not.toHaveProperty("nodeConfig");
      expect(clusterInputs()).not.toHaveProperty("dnsConfig");
    },
  );

  test("encrypts secrets with the key that is given", async () => {
    const kmsKeyName = "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k";
    await make({ kmsKeyName });
    expect(clusterInputs()["databaseEncryption"]).toEqual({ state: "ENCRYPTED", keyName: kmsKeyName });
  });
});

describe("nodes", () => {
  test("are private, shielded, and hide their account from pods", async () => {
    await make();
    for (const { inputs } of program.ofType(NODE_POOL)) {
      expect(inputs).toMatchObject({
        networkConfig: { enablePrivateNodes: true },
        nodeConfig: {
          serviceAccount: "nodes@my-project.iam.gserviceaccount.com",
          tags: ["encoders-nodes"],
          workloadMetadataConfig: { mode: "GKE_METADATA" },
          shieldedInstanceConfig: { enableSecureBoot: true },
        },
      });
    }
  });

  test("may write logs and metrics and pull images, and nothing else", async () => {
    await make({ imageRepositories: [{ location: "us", repository: "images" }] });
    const roles = program.resources.flatMap(({ inputs }) => ("role" in inputs ? [inputs["role"]] : []));
    expect(roles).toEqual(["roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"]);
  });

  test("start only when their account has its roles", async () => {
    await make({ imageRepositories: [{ location: "us", repository: "images" }] });
    expect(program.only(CLUSTER).dependencies).toEqual(
      expect.arrayContaining([
        "gcp:projects/iAMMember:IAMMember::encoders-nodes",
        expect.stringMatching(
          /^gcp:artifactregistry\/repositoryIamMember:RepositoryIamMember::encoders-nodes-pull-images-[0-9a-f]{8}$/,
        ),
      ]),
    );
  });
});

describe("a pool of encoders", () => {
  test("is kept free of everything else by a taint of its own", async () => {
    await make();
    expect(nodesOf("spot")).toMatchObject({
      labels: { "mpegflow-pool": "spot" },
      taints: [{ key: "mpegflow-pool", value: "spot", effect: "NO_SCHEDULE" }],
    });
    expect(nodesOf("system")).not.toHaveProperty("taints");
  });

  test("on Spot takes machines wherever there are any, down to none", async () => {
    await make();
    expect(nodesOf("spot")["spot"]).toBe(true);
    expect(poolInputs("spot")["autoscaling"]).toEqual({
      totalMinNodeCount: 0,
      totalMaxNodeCount: 20,
      locationPolicy: "ANY",
    });
  });

  test("for long encodes upgrades blue-green", async () => {
    await make();
    expect(nodesOf("long")["spot"]).toBe(false);
    expect(poolInputs("long")["upgradeSettings"]).toMatchObject({ strategy: "BLUE_GREEN" });
  });

  test("with GPUs upgrades without one more machine, and brings the driver", async () => {
    await make();
    expect(poolInputs("gpu")["upgradeSettings"]).toEqual({
      strategy: "SURGE",
      maxSurge: 0,
      maxUnavailable: 1,
    });
    expect(nodesOf("gpu")["guestAccelerators"]).toEqual([
      { type: "nvidia-l4", count: 1, gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" } },
    ]);
  });

  test("has scratch space on local SSDs, and gVisor, where asked for", async () => {
    await make();
    expect(nodesOf("spot")).toMatchObject({
      ephemeralStorageLocalSsdConfig: { localSsdCount: 2 },
      sandboxConfig: { type: "GVISOR" },
    });
    expect(nodesOf("long")).not.toHaveProperty("sandboxConfig");
  });
});

test("a Spot pool gives pods more notice where it is told to, and system pods their part of it", async () => {
  await make({
    encoderPools: [{ name: "spot", machineType: "c3d-standard-16", maxNodes: 1, spotNoticeSeconds: 90 }],
  });
  expect(nodesOf("spot")["kubeletConfig"]).toEqual({
    insecureKubeletReadonlyPortEnabled: "FALSE",
    shutdownGracePeriodSeconds: 90,
    shutdownGracePeriodCriticalPodsSeconds: 15,
  });
});

test("in Autopilot there are no pools, and nodes have the account of least power", async () => {
  await make({ mode: "AUTOPILOT" });
  expect(program.ofType(NODE_POOL)).toEqual([]);
  expect(clusterInputs()).toMatchObject({
    enableAutopilot: true,
    clusterAutoscaling: {
      autoProvisioningDefaults: { serviceAccount: "nodes@my-project.iam.gserviceaccount.com" },
    },
  });
});

test("its backup is in the other region and holds no secrets", async () => {
  await make({ backup: { region: "us-east1", schedule: "0 3 * * *" } });
  expect(program.only("gcp:gkebackup/backupPlan:BackupPlan").inputs).toMatchObject({
    location: "us-east1",
    backupConfig: { includeSecrets: false },
    retentionPolicy: { backupRetainDays: 14 },
  });
  expect(clusterInputs()["addonsConfig"]).toEqual({ gkeBackupAgentConfig: { enabled: true } });
});

describe("deletion", () => {
  test("is refused three times over", async () => {
    await make();
    expect(program.only(CLUSTER).protect).toBe(true);
    expect(clusterInputs()["deletionProtection"]).toBe(true);
    expect(poolInputs("spot")["deletionPolicy"]).toBe("PREVENT");
  });

  test("is free when the cluster is disposable", async () => {
    await make({ disposable: true });
    expect(program.only(CLUSTER).protect).toBe(false);
    expect(clusterInputs()["deletionProtection"]).toBe(false);
    expect(poolInputs("spot")["deletionPolicy"]).toBe("DELETE");
  });
});

test("the kubeconfig is a secret, names the DNS endpoint, and holds no credential", async () => {
  const cluster = await make();
  const kubeconfig = JSON.parse(await valueOf(cluster.kubeconfig)) as Record<string, unknown>;
  expect(await pulumi.isSecret(cluster.kubeconfig)).toBe(true);
  expect(kubeconfig).toMatchObject({
    "current-context": "gke_my-project_us-central1_encoders",
    clusters: [{ cluster: { server: "https://gke-1.us-central1.gke.goog" } }],
    users: [{ user: { exec: { command: "gke-gcloud-auth-plugin" } } }],
  });
});
