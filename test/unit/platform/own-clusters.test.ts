import { describe, expect, test } from "vitest";
import {
  EncoderScalingKind,
  InvalidArguments,
  region,
  type PlatformOwnClusters,
} from "../../../components/index.ts";
import { once } from "../once.ts";
import { deploymentOf } from "../workloads/pods.ts";
import { record, platformOfOwnClusters, type Settings } from "./world.ts";

const CLUSTER = "gcp:container/cluster:Cluster";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SCALED_JOB = "kubernetes:keda.sh/v1alpha1:ScaledJob";
const RELEASE = "kubernetes:helm.sh/v3:Release";

const pools: PlatformOwnClusters = {
  encoderPools: [
    { name: "spot", machineType: "c3d-standard-16", maxNodes: 20, spotNoticeSeconds: 60 },
    { name: "long", machineType: "c3d-standard-16", maxNodes: 4, spot: false },
  ],
};
const scaled: Settings = {
  encoders: { scaling: { kind: EncoderScalingKind.ScaledJob, maxReplicas: 40 } },
  keda: { imageRegistry: "us-docker.pkg.dev/my-project/ghcr" },
};

const made = once(
  async (
    settings: Settings = {},
    own: PlatformOwnClusters = pools,
    regions: string[] = ["us-central1", "us-east1"],
  ) => {
    const { recorder } = await record();
    const platform = platformOfOwnClusters(own, regions, settings);
    await recorder.settled();
    return { recorder, platform };
  },
);

async function refusal(settings: Settings, own = pools, regions = ["us-central1", "us-east1"]) {
  const { recorder } = await record();
  try {
    platformOfOwnClusters(own, regions, settings);
    return [];
  } catch (error) {
    if (error instanceof InvalidArguments) return error.problems.map(({ path }) => path);
    throw error;
  } finally {
    await recorder.settled();
  }
}

describe("a platform that makes its clusters", () => {
  test("makes one in each region, in one network that has a subnet for each", async () => {
    const { recorder } = await made();
    expect(recorder.ofType(CLUSTER).map(({ inputs }) => [inputs["name"], inputs["location"]])).toEqual([
      ["mpegflow-us-central1", "us-central1"],
      ["mpegflow-us-east1", "us-east1"],
    ]);
    expect(recorder.ofType("gcp:compute/network:Network")).toHaveLength(1);
    expect(
      recorder.ofType("gcp:compute/subnetwork:Subnetwork").map(({ inputs }) => inputs["region"]),
    ).toEqual(["us-central1", "us-east1"]);
  });

  test("has nodes' accounts of different names, short enough in every region", async () => {
    const { recorder } = await made({ placement: region("europe-southwest1") }, pools, ["europe-southwest1"]);
    const ids = recorder
      .ofType("gcp:serviceaccount/account:Account")
      .map(({ inputs }) => inputs["accountId"]);
    expect(ids).toContain("mpegflow-nodes-1");
  });

  test("grants coordinators nothing before the project's first cluster", async () => {
    const { recorder } = await made();
    const grants = recorder.resources.filter(({ inputs }) =>
      String(inputs["member"]).startsWith("principal://"),
    );
    expect(grants.length).toBeGreaterThan(3);
    const early = grants.filter(({ dependencies }) => !dependencies.some((one) => one.startsWith(CLUSTER)));
    expect(early.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
  });

  test("keeps coordinators on the system pool, and encoders on theirs, Spot first", async () => {
    const { recorder } = await made();
    const { pod } = deploymentOf(recorder.only(DEPLOYMENT, "mpegflow-us-east1-coordinator"));
    expect(pod["nodeSelector"]).toEqual({ "mpegflow-pool": "system" });
    const { pod: encoder } = deploymentOf(recorder.only(DEPLOYMENT, "mpegflow-us-east1-encoders"));
    expect(encoder["tolerations"]).toMatchObject([{ value: "spot" }, { value: "long" }]);
    expect(encoder.terminationGracePeriodSeconds).toBe(30);
  });

  test("lets coordinators and encoders out to the one address where Google is", async () => {
    const { recorder } = await made();
    const ranges = recorder
      .ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy")
      .flatMap(({ inputs }) => JSON.stringify(inputs).match(/199\.36\.153\.4\/30/g) ?? []);
    expect(ranges).toHaveLength(4);
  });

  test("puts backups of each cluster into the other region", async () => {
    const { recorder } = await made({}, { ...pools, backup: { schedule: "0 3 * * *" } });
    expect(
      recorder.ofType("gcp:gkebackup/backupPlan:BackupPlan").map(({ inputs }) => inputs["location"]),
    ).toEqual(["us-east1", "us-central1"]);
  });

  test("in Autopilot has no pools, and leaves nodes to Google", async () => {
    const { recorder } = await made({}, { mode: "AUTOPILOT" });
    const encoders = deploymentOf(recorder.only(DEPLOYMENT, "mpegflow-us-east1-encoders"));
    expect(encoders.container.resources["requests"]).toMatchObject({ "ephemeral-storage": "10Gi" });
    expect(recorder.ofType("gcp:container/nodePool:NodePool")).toEqual([]);
    const { pod } = deploymentOf(recorder.only(DEPLOYMENT, "mpegflow-us-east1-coordinator"));
    expect(pod).not.toHaveProperty("nodeSelector");
  });
});

describe("a platform whose encoders are scaled", () => {
  test("puts KEDA into every cluster, with rights in the platform's namespaces only", async () => {
    const { recorder } = await made(scaled);
    const releases = recorder.ofType(RELEASE);
    expect(releases).toHaveLength(2);
    for (const { inputs } of releases) {
      expect(inputs["values"]).toMatchObject({
        watchNamespace: "mpegflow,mpegflow-encoders",
        nodeSelector: { "mpegflow-pool": "system" },
      });
    }
  });

  test("makes namespaces before KEDA, and what KEDA scales after it, each in its own cluster", async () => {
    const { recorder } = await made(scaled);
    expect(recorder.only(RELEASE, "mpegflow-us-east1-keda").dependencies).toEqual(
      expect.arrayContaining([
        "kubernetes:core/v1:Namespace::mpegflow-us-east1",
        "kubernetes:core/v1:Namespace::mpegflow-us-east1-encoders",
      ]),
    );
    const { dependencies } = recorder.only(SCALED_JOB, "mpegflow-us-east1-encoders");
    expect(dependencies).toContain(`${RELEASE}::mpegflow-us-east1-keda`);
    expect(dependencies.filter((one) => one.includes("us-central1"))).toEqual([]);
  });

  test("leaves KEDA alone that is there already", async () => {
    const { recorder } = await made({ ...scaled, keda: { installed: true, namespace: "scaling" } });
    expect(recorder.ofType(RELEASE)).toEqual([]);
    const subjects = recorder
      .ofType("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding")
      .flatMap(({ inputs }) => inputs["subjects"] as { namespace: string }[]);
    expect(new Set(subjects.map(({ namespace }) => namespace))).toEqual(new Set(["scaling"]));
  });

  test.each([
    [{}, "40"],
    [{ coordinatorReplicas: 3 }, "26"],
    [{ backlog: 7 }, "7"],
  ] as [Settings, string][])(
    "has coordinators that hold at most twice its encoders between them: %o",
    async (settings, backlog) => {
      const { recorder } = await made({ ...scaled, ...settings });
      const { environment } = deploymentOf(recorder.only(DEPLOYMENT, "mpegflow-us-east1-coordinator"));
      expect(environment.get("MPEGFLOW_BACKLOG")).toBe(backlog);
    },
  );
});

describe("a platform refuses", () => {
  test("providers beside clusters of its own, and neither", async () => {
    expect(await refusal({})).toEqual([]);
    expect(await refusal({ ownClusters: undefined } as unknown as Settings, pools)).toEqual([
      "clusters[0].provider",
      "clusters[1].provider",
    ]);
  });

  test("encoders that none of its nodes could take", async () => {
    const large = { encoders: { resources: { cpu: "16", memory: "8Gi" }, scratch: "50Gi" } };
    expect(await refusal(large)).toEqual(["encoders.resources.cpu", "encoders.scratch"]);
    expect(await refusal(large, { mode: "AUTOPILOT" })).toEqual(["encoders.scratch"]);
  });

  test("KEDA that nobody could pull", async () => {
    expect(await refusal({ ...scaled, keda: {} })).toEqual(["keda.imageRegistry"]);
    expect(await refusal({ ...scaled, keda: {} }, { ...pools, network: { cloudNat: true } })).toEqual([]);
  });

  test("wrong arguments of what it makes, under its own names", async () => {
    expect(
      await refusal(
        {
          encoders: { scaling: { kind: EncoderScalingKind.ScaledJob, maxReplicas: 0 } },
          keda: { chartVersion: "2.20.1", namespace: "Keda", imageRegistry: "mirror" },
        },
        {
          encoderPools: [{ name: "spot", machineType: "big", maxNodes: 0 }],
          network: { flowLogSampling: 2 },
        },
      ),
    ).toEqual([
      "encoders.scaling.maxReplicas",
      "ownClusters.network.flowLogSampling",
      "ownClusters.encoderPools[0].maxNodes",
      "ownClusters.encoderPools[0].machineType",
      "keda.chartVersion",
      "keda.namespace",
    ]);
  });

  test("a backup of one cluster, for which there is no other region", async () => {
    expect(await refusal({}, { ...pools, backup: { schedule: "0 3 * * *" } }, ["us-central1"])).toEqual([
      "ownClusters.backup",
    ]);
  });
});
