import { describe, expect, test } from "vitest";
import { paceShareWarnings, transferVariables } from "../../../components/workloads/encoder-transfers.ts";
import {
  EncoderInput,
  EncoderIsolation,
  EncoderPool,
  EncoderScalingKind,
  type EncoderPoolArgs,
} from "../../../components/workloads/index.ts";
import { mostEncoders } from "../../../components/workloads/scaling.ts";
import { readConfig } from "../../../services/worker/config.ts";
import { recordPulumi } from "../pulumi-mocks.ts";
import { deploymentOf, restrictedViolations } from "./pods.ts";
import { CA } from "./authority.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

const required: EncoderPoolArgs = {
  region: "us-central1",
  namespace: "mpegflow-encoders",
  image: "registry/worker:1",
  coordinatorUrl: "https://coordinator.mpegflow.svc.cluster.local",
  coordinatorCa: CA,
};

async function made(args: Partial<EncoderPoolArgs> = {}) {
  const recorder = await recordPulumi();
  new EncoderPool("encoders", { ...required, ...args });
  await recorder.settled();
  return recorder;
}

describe("EncoderPool", () => {
  test("makes a Deployment and all that it needs, below itself", async () => {
    const [component, ...children] = (await made()).resources;
    expect(component?.type).toBe("mpegflow-gcs:index:EncoderPool");
    expect(children.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "kubernetes:apps/v1:Deployment encoders",
      "kubernetes:core/v1:ConfigMap encoders-coordinator-ca",
      "kubernetes:core/v1:ServiceAccount encoders",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy encoders-deny",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy encoders-egress",
      "kubernetes:policy/v1:PodDisruptionBudget encoders",
    ]);
    expect(new Set(children.map(({ parent }) => parent))).toEqual(
      new Set(["mpegflow-gcs:index:EncoderPool::encoders"]),
    );
  });

  test("tells workers their names, where the coordinator is and where to write, and nothing else", async () => {
    const { container, environment } = deploymentOf((await made()).only(DEPLOYMENT));
    expect(container.env[0]).toEqual({
      name: "MPEGFLOW_WORKER_ID",
      valueFrom: { fieldRef: { fieldPath: "metadata.name" } },
    });
    environment.delete("MPEGFLOW_WORKER_ID");
    expect(Object.fromEntries(environment)).toEqual({
      MPEGFLOW_COORDINATOR_URL: "https://coordinator.mpegflow.svc.cluster.local",
      MPEGFLOW_COORDINATOR_CA_FILE: "/var/run/mpegflow-ca/ca.crt",
      MPEGFLOW_COORDINATOR_TOKEN_FILE: "/var/run/secrets/mpegflow/token",
      MPEGFLOW_REGION: "us-central1",
      MPEGFLOW_SCRATCH: "/scratch",
      MPEGFLOW_HEALTH_PORT: "8081",
      MPEGFLOW_GRACE_SECONDS: "20",
      MPEGFLOW_ISOLATION: "auto",
    });
    expect(container.envFrom).toBeUndefined();
  });

  test("asks workers whether they are ready, and gives up on those alone that answer nothing for minutes", async () => {
    const { container } = deploymentOf((await made()).only(DEPLOYMENT));
    expect(container.ports).toEqual([{ name: "http", containerPort: 8081, protocol: "TCP" }]);
    expect(container["readinessProbe"]).toMatchObject({ httpGet: { path: "/readyz", port: "http" } });
    const { periodSeconds, failureThreshold, httpGet } = container["livenessProbe"] as unknown as {
      periodSeconds: number;
      failureThreshold: number;
      httpGet: object;
    };
    expect(httpGet).toEqual({ path: "/healthz", port: "http" });
    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(300);
  });

  test.each([
    ["on Spot nodes with the usual notice", { spot: true }, "true"],
    [
      "on Spot nodes with a longer notice, which is in the grace",
      { spot: true, spotNoticeSeconds: 120 },
      undefined,
    ],
    ["on nodes that stay", {}, undefined],
  ])("%s, workers are told so: MPEGFLOW_SPOT is %3$s", async (_when, placement, told) => {
    const { environment } = deploymentOf((await made({ placement })).only(DEPLOYMENT));
    expect(environment.get("MPEGFLOW_SPOT")).toBe(told);
  });

  test("gives workers no credential but proof for the coordinator of who they are", async () => {
    const recorder = await made();
    const { pod, spec } = deploymentOf(recorder.only(DEPLOYMENT));
    const account = recorder.only("kubernetes:core/v1:ServiceAccount").inputs as {
      metadata: Record<string, unknown>;
      automountServiceAccountToken: boolean;
    };
    expect(account.automountServiceAccountToken).toBe(false);
    expect(account.metadata["annotations"]).toBeUndefined();
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(Object.keys(spec.template.metadata.annotations ?? {})).toEqual([
      "cluster-autoscaler.kubernetes.io/safe-to-evict",
    ]);
    const token = { path: "token", audience: "mpegflow-coordinator", expirationSeconds: 3600 };
    expect(pod.volumes).toEqual([
      { name: "scratch", emptyDir: { sizeLimit: "20Gi" } },
      { name: "coordinator-token", projected: { sources: [{ serviceAccountToken: token }] } },
      { name: "coordinator-ca", configMap: { name: "encoder-coordinator-ca" } },
    ]);
  });

  test("is accepted by a namespace that enforces restricted pods, and writes to its scratch disk only", async () => {
    const { pod, container } = deploymentOf((await made()).only(DEPLOYMENT));
    expect(restrictedViolations(pod)).toEqual([]);
    expect(container.securityContext["readOnlyRootFilesystem"]).toBe(true);
    expect(container.volumeMounts).toEqual([
      { name: "scratch", mountPath: "/scratch" },
      { name: "coordinator-token", mountPath: "/var/run/secrets/mpegflow", readOnly: true },
      { name: "coordinator-ca", mountPath: "/var/run/mpegflow-ca", readOnly: true },
    ]);
  });

  test("reserves the scratch disk on the node, and limits it", async () => {
    const { container, pod } = deploymentOf(
      (await made({ scratch: "50Gi", resources: { cpu: "8", memory: "8Gi" } })).only(DEPLOYMENT),
    );
    expect(container.resources).toEqual({
      requests: { cpu: "8", memory: "8Gi", "ephemeral-storage": "50Gi" },
      limits: { memory: "8Gi", "ephemeral-storage": "50Gi" },
    });
    expect(pod.volumes?.[0]).toEqual({ name: "scratch", emptyDir: { sizeLimit: "50Gi" } });
  });

  test.each([
    [30, "20"],
    [3600, "3590"],
    [10, "5"],
  ])("of %i s to end leaves workers some to hand their job back", async (terminationGraceSeconds, drain) => {
    const { environment, pod } = deploymentOf((await made({ terminationGraceSeconds })).only(DEPLOYMENT));
    expect(pod.terminationGracePeriodSeconds).toBe(terminationGraceSeconds);
    expect(environment.get("MPEGFLOW_GRACE_SECONDS")).toBe(drain);
  });

  test("has as many workers as asked for, and as much time to end", async () => {
    const { pod, spec } = deploymentOf(
      (await made({ terminationGraceSeconds: 120, replicas: 7 })).only(DEPLOYMENT),
    );
    expect([spec.replicas, pod.terminationGracePeriodSeconds]).toEqual([7, 120]);
  });

  test("may be empty", async () => {
    expect(deploymentOf((await made({ replicas: 0 })).only(DEPLOYMENT)).spec.replicas).toBe(0);
  });

  test("gives workers profiles of the user's, by a ConfigMap that is named after what is in it", async () => {
    const profiles = { "news-fast": "name: news-fast\n", archive: "name: archive\n" };
    const mapOf = async (texts: Record<string, string>) => {
      const recorder = await made({ profiles: texts });
      const map = recorder.only("kubernetes:core/v1:ConfigMap", "encoders-profiles").inputs as {
        metadata: { name: string; namespace: string };
        immutable: boolean;
        data: Record<string, string>;
      };
      return { map, ...deploymentOf(recorder.only(DEPLOYMENT)) };
    };
    const { map, pod, container, environment } = await mapOf(profiles);
    expect(map.metadata.namespace).toBe("mpegflow-encoders");
    expect(map.immutable).toBe(true);
    expect(map.data).toEqual({ "archive.yaml": "name: archive\n", "news-fast.yaml": "name: news-fast\n" });
    expect(environment.get("MPEGFLOW_PROFILES")).toBe("/etc/mpegflow/profiles");
    expect(container.volumeMounts).toContainEqual({
      name: "profiles",
      mountPath: "/etc/mpegflow/profiles",
      readOnly: true,
    });
    expect(pod.volumes).toContainEqual({ name: "profiles", configMap: { name: map.metadata.name } });
    const { map: other } = await mapOf({ ...profiles, archive: "name: archive\n# slower\n" });
    const { map: again } = await mapOf(Object.fromEntries(Object.entries(profiles).toReversed()));
    expect(map.metadata.name).toMatch(/^encoder-profiles-[0-9a-f]{10}$/);
    expect(other.metadata.name).not.toBe(map.metadata.name);
    expect(again.metadata.name).toBe(map.metadata.name);
  });

  test.each<[string, Partial<EncoderPoolArgs>, string]>([
    ["where the node can", {}, "auto"],
    ["where AUTO is asked for", { isolation: EncoderIsolation.Auto }, "auto"],
    ["on nodes with gVisor, which cannot", { placement: { gvisor: true } }, "auto"],
    ["or do not start, where that is required", { isolation: EncoderIsolation.Required }, "required"],
  ])("has workers that isolate ffmpeg %s: %j is %s", async (_, args, isolation) => {
    const { environment } = deploymentOf((await made(args)).only(DEPLOYMENT));
    expect(readConfig(Object.fromEntries(environment))).toMatchObject({ isolation });
  });

  test.each([
    [EncoderInput.Auto, 1, "auto", 1],
    [EncoderInput.Stream, 0.05, "stream", 0.05],
    [EncoderInput.Download, 0.0001, "download", 0.0001],
  ])(
    "has workers that read %s and start with %d of a bucket's rates",
    async (input, paceShare, mode, share) => {
      const { environment } = deploymentOf((await made({ input, paceShare })).only(DEPLOYMENT));
      expect(readConfig(Object.fromEntries(environment))).toMatchObject({ input: mode, paceShare: share });
    },
  );

  test.each([
    [{ replicas: 100 }, 0.01],
    [{ scaling: { kind: EncoderScalingKind.ScaledJob, maxReplicas: 80 } }, 0.0125],
    [{ scaling: { kind: EncoderScalingKind.ScaledObject, maxReplicas: 300 } }, 0.003333],
  ])(
    "with %j has workers that start with %d of a bucket's rates, all together with no more than all",
    (size, share) => {
      expect(transferVariables(size)).toEqual({ MPEGFLOW_PACE_SHARE: String(share) });
      expect(paceShareWarnings(share, mostEncoders(size))).toEqual([]);
    },
  );

  test("leaves the share to its workers where their own suits them all", () => {
    expect(transferVariables({ replicas: 20 })).toEqual({});
  });

  test("says how far above a bucket's rates a share of one's own would start", () => {
    expect(paceShareWarnings(0.05, 160)).toEqual([
      "paceShare 0.05: 160 workers would start at 8 times the bucket's request rates, and be told to slow down (429). " +
        "Leave it out, or use 0.00625 at most.",
    ]);
    expect(paceShareWarnings(0.05, 20)).toEqual([]);
    expect(paceShareWarnings(undefined, 2000)).toEqual([]);
  });

  test("refuses wrong arguments, all at once and before anything is made", async () => {
    const recorder = await recordPulumi();
    const wrong = { replicas: -1, terminationGraceSeconds: 0 };
    expect(() => new EncoderPool("e", { ...required, ...wrong })).toThrow(
      [
        'EncoderPool "e": 2 problems.',
        "  - replicas: given -1; allowed: a whole number from 0 to 1000. Fix: use a number in that range",
        "  - terminationGraceSeconds: given 0; allowed: a whole number from 1 to 86400. Fix: use a number in that range",
      ].join("\n"),
    );
    await recorder.settled();
    expect(recorder.resources).toEqual([]);
  });
});

describe("the coordinator that workers know", () => {
  test("is vouched for by a file whose ConfigMap keeps its name, so that workers at work get another authority", async () => {
    const recorder = await made();
    expect(recorder.only("kubernetes:core/v1:ConfigMap").inputs).toMatchObject({
      metadata: { name: "encoder-coordinator-ca", namespace: "mpegflow-encoders" },
      data: { "ca.crt": CA },
    });
  });

  test("is known by the authorities of the worker's Node.js where it has a public name", async () => {
    const recorder = await recordPulumi();
    new EncoderPool("encoders", {
      region: "us-central1",
      namespace: "mpegflow-encoders",
      image: "registry/worker:1",
      coordinatorUrl: "https://coordinator.example.com",
      coordinatorRanges: ["203.0.113.10/32"],
    });
    await recorder.settled();
    const { environment } = deploymentOf(recorder.only(DEPLOYMENT));
    expect(environment.has("MPEGFLOW_COORDINATOR_CA_FILE")).toBe(false);
    expect(recorder.resources.filter(({ type }) => type.endsWith(":ConfigMap"))).toEqual([]);
  });

  test("is in clear only where that is permitted, and workers are told", async () => {
    const recorder = await made({
      coordinatorUrl: "http://coordinator.mpegflow.svc.cluster.local",
      plaintextCoordinator: true,
    });
    const { environment } = deploymentOf(recorder.only(DEPLOYMENT));
    expect(environment.get("MPEGFLOW_COORDINATOR_PLAINTEXT")).toBe("true");
  });
});
