import * as kubernetes from "@pulumi/kubernetes";
import { describe, expect, test } from "vitest";
import {
  EncoderPool,
  EncoderScalingKind,
  type EncoderPoolArgs,
} from "../../../components/workloads/index.ts";
import { recordPulumi } from "../pulumi-mocks.ts";
import { deploymentOf, restrictedViolations, type PodSpec } from "./pods.ts";
import { CA } from "./authority.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject";
const SCALED_JOB = "kubernetes:keda.sh/v1alpha1:ScaledJob";
const AUTHENTICATION = "kubernetes:keda.sh/v1alpha1:TriggerAuthentication";
const { ScaledObject, ScaledJob } = EncoderScalingKind;

async function made(args: Partial<EncoderPoolArgs>) {
  const recorder = await recordPulumi();
  const keda = new kubernetes.core.v1.Namespace("keda");
  const pool = new EncoderPool(
    "encoders",
    {
      region: "us-central1",
      namespace: "mpegflow-encoders",
      image: "registry/worker:1",
      coordinatorUrl: "https://coordinator.mpegflow.svc.cluster.local",
      coordinatorCa: CA,
      ...args,
    },
    { dependsOn: keda },
  );
  await recorder.settled();
  return { recorder, pool };
}

/** The queue as KEDA reads it. */
const trigger = (value: string) => ({
  type: "metrics-api",
  metadata: {
    url: "https://coordinator.mpegflow.svc.cluster.local:8443/metrics/queue",
    valueLocation: value,
    targetValue: "1",
    aggregateFromKubeServiceEndpoints: "true",
    aggregationType: "sum",
    authMode: "tls,bearer",
  },
  authenticationRef: { name: "encoder-queue" },
});

describe("a pool that is scaled as a Deployment", () => {
  test("has as many encoders as there are jobs queued and at work", async () => {
    const { recorder } = await made({ scaling: { kind: ScaledObject, maxReplicas: 40 } });
    expect(recorder.only(SCALED_OBJECT).inputs["spec"]).toMatchObject({
      scaleTargetRef: { name: "encoder" },
      pollingInterval: 10,
      cooldownPeriod: 300,
      minReplicaCount: 0,
      maxReplicaCount: 40,
      triggers: [trigger("wanted")],
    });
  });

  test("leaves the number of encoders to KEDA alone", async () => {
    const { recorder } = await made({ scaling: { kind: ScaledObject } });
    expect(recorder.only(DEPLOYMENT).inputs["spec"]).not.toHaveProperty("replicas");
  });

  test("sends nobody home while the queue cannot be read", async () => {
    const { recorder } = await made({ scaling: { kind: ScaledObject, minReplicas: 2 } });
    expect(recorder.only(SCALED_OBJECT).inputs["spec"]).toMatchObject({
      fallback: { failureThreshold: 3, replicas: 2, behavior: "currentReplicasIfHigher" },
    });
  });

  test("is drained a few encoders at a time", async () => {
    const { recorder } = await made({ scaling: { kind: ScaledObject } });
    expect(recorder.only("kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]).toMatchObject({
      maxUnavailable: "20%",
    });
  });
});

describe("a pool of a Job for each job", () => {
  const jobOf = async (args: Partial<EncoderPoolArgs> = {}) => {
    const { recorder, pool } = await made({ scaling: { kind: ScaledJob, maxReplicas: 40 }, ...args });
    const spec = recorder.only(SCALED_JOB).inputs["spec"] as {
      jobTargetRef: { template: { metadata: { annotations: unknown }; spec: PodSpec } };
    };
    return { recorder, pool, spec, pod: spec.jobTargetRef.template.spec };
  };

  test("makes as many as jobs are queued, and neither ends nor replaces one that runs", async () => {
    const { spec } = await jobOf();
    expect(spec).toMatchObject({
      maxReplicaCount: 40,
      rollout: { strategy: "gradual" },
      scalingStrategy: { strategy: "accurate", pendingPodConditions: ["Ready"] },
      triggers: [trigger("queued")],
    });
    expect(spec.jobTargetRef.template.metadata.annotations).toEqual({
      "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    });
  });

  test("leaves trying again to the coordinator", async () => {
    const { spec, pod } = await jobOf();
    expect(spec.jobTargetRef).toMatchObject({ backoffLimit: 0, parallelism: 1, completions: 1 });
    expect(pod["restartPolicy"]).toBe("Never");
  });

  test("tells workers to take one job, and to end where there is none", async () => {
    const { pod } = await jobOf({ scaling: { kind: ScaledJob, idleSeconds: 45 } });
    const variables = Object.fromEntries(pod.containers[0].env.map(({ name, value }) => [name, value]));
    expect(variables).toMatchObject({ MPEGFLOW_MODE: "once", MPEGFLOW_IDLE_SECONDS: "45" });
  });

  test("ends a job that is at work after a day, or when it is told", async () => {
    expect((await jobOf()).spec.jobTargetRef).toMatchObject({ activeDeadlineSeconds: 86_400 });
    const { spec } = await jobOf({ scaling: { kind: ScaledJob, deadlineSeconds: 600 } });
    expect(spec.jobTargetRef).toMatchObject({ activeDeadlineSeconds: 600 });
  });

  test("is accepted by a namespace that enforces restricted pods", async () => {
    expect(restrictedViolations((await jobOf()).pod)).toEqual([]);
  });

  test("has no Deployment and no disruption budget", async () => {
    const { recorder, pool } = await jobOf();
    expect(recorder.ofType(DEPLOYMENT)).toEqual([]);
    expect(recorder.ofType("kubernetes:policy/v1:PodDisruptionBudget")).toEqual([]);
    expect(pool.deploymentName).toBeUndefined();
  });
});

describe.each([
  ["Deployment", ScaledObject, SCALED_OBJECT],
  ["Job for each job", ScaledJob, SCALED_JOB],
])("of a scaled pool, as a %s,", (_title, kind, type) => {
  test("the queue is read with short-lived tokens of an account that may do nothing", async () => {
    const { recorder } = await made({ scaling: { kind } });
    expect(recorder.only(AUTHENTICATION).inputs).toMatchObject({
      metadata: { name: "encoder-queue", namespace: "mpegflow-encoders" },
      spec: {
        boundServiceAccountToken: [{ parameter: "token", serviceAccountName: "keda-poller" }],
        configMapTargetRef: [
          { parameter: "ca", name: "encoder-queue", key: "ca.crt" },
          { parameter: "cert", name: "encoder-queue", key: "client.crt" },
          { parameter: "key", name: "encoder-queue", key: "client.key" },
        ],
      },
    });
    const bound = recorder.resources.flatMap(
      ({ inputs }) => (inputs["subjects"] as object[] | undefined) ?? [],
    );
    expect(bound).toEqual([{ kind: "ServiceAccount", name: "keda-operator", namespace: "keda" }]);
    expect(recorder.only("kubernetes:rbac.authorization.k8s.io/v1:Role").inputs["rules"]).toEqual([
      {
        apiGroups: [""],
        resources: ["serviceaccounts/token"],
        resourceNames: ["keda-poller"],
        verbs: ["create"],
      },
    ]);
  });

  test("resources of KEDA's kinds are made after it and removed before it", async () => {
    const { recorder } = await made({ scaling: { kind } });
    for (const one of [AUTHENTICATION, type]) {
      expect(recorder.only(one).dependencies).toContain("kubernetes:core/v1:Namespace::keda");
    }
  });

  test("everything stays as it is while it is paused", async () => {
    const { recorder } = await made({ scaling: { kind, paused: true } });
    expect(recorder.only(type).inputs["metadata"]).toMatchObject({
      annotations: { "autoscaling.keda.sh/paused": "true" },
    });
  });

  test("a second one in the namespace takes nothing of the first", async () => {
    const { recorder } = await made({ scaling: { kind }, kubernetesName: "long" });
    const names = recorder.resources
      .filter(({ name }) => name.startsWith("encoders"))
      .flatMap(({ inputs }) => (inputs["metadata"] as { name?: string } | undefined)?.name ?? []);
    expect(names.filter((one) => !one.startsWith("long"))).toEqual([]);
  });
});

test("a pool of fixed size needs no KEDA", async () => {
  const { recorder } = await made({ replicas: 3, scaling: { kind: EncoderScalingKind.Fixed } });
  expect(deploymentOf(recorder.only(DEPLOYMENT)).spec.replicas).toBe(3);
  expect(recorder.resources.filter(({ type }) => type.includes("keda.sh"))).toEqual([]);
});
