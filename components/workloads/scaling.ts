import * as pulumi from "@pulumi/pulumi";
import {
  describeProblem,
  oneOfProblems,
  shown,
  wholeNumberProblems,
  type Problem,
} from "../validation/index.ts";
import { COORDINATOR_PORT, PLAINTEXT_PORT } from "./coordinator-settings.ts";
import { LIMITS } from "./limits.ts";

/** What decides how many encoders there are. */
export const EncoderScalingKind = {
  /** As many as `replicas` says. */
  Fixed: "FIXED",
  /**
   * A Deployment that KEDA scales with the queue; encoders stay warm between jobs. Scaling in stops busy encoders,
   * which finish their job within the grace period or return it: for short or chunked jobs.
   */
  ScaledObject: "SCALED_OBJECT",
  /** One Kubernetes Job for each job of the queue. Nothing that runs is scaled in or replaced: for long encodes. */
  ScaledJob: "SCALED_JOB",
} as const;
export type EncoderScalingKind = (typeof EncoderScalingKind)[keyof typeof EncoderScalingKind];

/** How a pool of encoders grows and shrinks with the queue. It needs KEDA in the cluster: see `Keda`. */
export interface EncoderScaling {
  /**
   * What grows and shrinks with the queue, if anything.
   * @default "FIXED"
   */
  readonly kind: EncoderScalingKind;
  /** Fewest encoders, 0 to 1000. @default 0 */
  readonly minReplicas?: number;
  /** Most encoders, 1 to 1000. @default 20 */
  readonly maxReplicas?: number;
  /** Seconds between two looks at the queue, 1 to 3600. @default 10 */
  readonly pollingSeconds?: number;
  /** SCALED_OBJECT: seconds with less to do before encoders go, 0 to 3600. @default 300 */
  readonly cooldownSeconds?: number;
  /** SCALED_JOB: seconds after which a Job is stopped, even if it is still encoding, 60 to 864000. @default 86400 */
  readonly deadlineSeconds?: number;
  /** SCALED_JOB: seconds without a job to take until a worker ends, 1 to 3600. @default 30 */
  readonly idleSeconds?: number;
  /** Pauses scaling, for maintenance. @default false */
  readonly paused?: boolean;
}

/** Arguments by the kinds that have them. */
const ONLY_OF = {
  cooldownSeconds: EncoderScalingKind.ScaledObject,
  deadlineSeconds: EncoderScalingKind.ScaledJob,
  idleSeconds: EncoderScalingKind.ScaledJob,
} as const;

export type ScalingSettings = ReturnType<typeof scalingSettings>;

export function scalingSettings(scaling: EncoderScaling) {
  return {
    kind: scaling.kind,
    minReplicas: scaling.minReplicas ?? 0,
    maxReplicas: scaling.maxReplicas ?? LIMITS.scaledEncoders.default,
    pollingSeconds: scaling.pollingSeconds ?? LIMITS.pollingSeconds.default,
    cooldownSeconds: scaling.cooldownSeconds ?? LIMITS.cooldownSeconds.default,
    deadlineSeconds: scaling.deadlineSeconds ?? LIMITS.jobDeadlineSeconds.default,
    idleSeconds: scaling.idleSeconds ?? LIMITS.idleSeconds.default,
    paused: scaling.paused ?? false,
  };
}

/** Whether KEDA has a hand in it. */
export const isScaled = (scaling: EncoderScaling | undefined): scaling is EncoderScaling =>
  scaling !== undefined && scaling.kind !== EncoderScalingKind.Fixed;

/** Problems of a pool's size, however it is decided. */
export function scalingProblems(args: {
  readonly replicas?: number;
  readonly scaling?: EncoderScaling;
}): Problem[] {
  const { replicas, scaling } = args;
  const fixed = scaling === undefined || scaling.kind === EncoderScalingKind.Fixed;
  if (scaling === undefined || (fixed && Object.keys(scaling).length === 1)) {
    return wholeNumberProblems(
      "replicas",
      replicas ?? LIMITS.encoderReplicas.default,
      LIMITS.encoderReplicas,
    );
  }
  const kinds = oneOfProblems("scaling.kind", scaling.kind, EncoderScalingKind);
  if (kinds.length > 0) return kinds;
  const settings = scalingSettings(scaling);
  const { minReplicas, maxReplicas } = settings;
  const foreignKeys = Object.keys(scaling).filter(
    (key) => key !== "kind" && (fixed || isForeign(key, scaling.kind)),
  );
  return [
    ...(!fixed && replicas !== undefined ? [foreign("replicas", scaling.kind)] : []),
    ...foreignKeys.map((key) => foreign(`scaling.${key}`, scaling.kind)),
    ...wholeNumberProblems("scaling.minReplicas", minReplicas, LIMITS.encoderReplicas),
    ...wholeNumberProblems("scaling.maxReplicas", maxReplicas, LIMITS.scaledEncoders),
    ...wholeNumberProblems("scaling.pollingSeconds", settings.pollingSeconds, LIMITS.pollingSeconds),
    ...wholeNumberProblems("scaling.cooldownSeconds", settings.cooldownSeconds, LIMITS.cooldownSeconds),
    ...wholeNumberProblems("scaling.deadlineSeconds", settings.deadlineSeconds, LIMITS.jobDeadlineSeconds),
    ...wholeNumberProblems("scaling.idleSeconds", settings.idleSeconds, LIMITS.idleSeconds),
    ...(minReplicas > maxReplicas
      ? [
          {
            path: "scaling.minReplicas",
            given: String(minReplicas),
            allowed: `at most maxReplicas, ${maxReplicas}`,
            fix: "lower it, or raise maxReplicas",
          },
        ]
      : []),
  ];
}

const isForeign = (key: string, kind: string): boolean =>
  Object.entries(ONLY_OF).some(([one, owner]) => one === key && owner !== kind);

function foreign(path: string, kind: string): Problem {
  return {
    path,
    given: "a value",
    allowed: "nothing",
    because: `scaling.kind is ${kind}.`,
    fix: "leave it out, or choose another kind",
  };
}

/**
 * How KEDA reads the queue: from every replica of the coordinator, summed, with a token of the poller. KEDA takes Service
 * and namespace from the first two labels of the host's name, lists that Service's EndpointSlices, and asks each ready
 * address at the port of the URL, which has to be that of the pods (KEDA 2.20.2, pkg/scalers/metrics_api_scaler.go).
 *
 * Source: https://keda.sh/docs/2.20/scalers/metrics-api/
 */
export function queueTrigger(
  coordinatorUrl: pulumi.Input<string>,
  value: "wanted" | "queued",
  authentication: pulumi.Input<string>,
  isTrusting: boolean,
) {
  return {
    type: "metrics-api",
    metadata: {
      url: pulumi.output(coordinatorUrl).apply(queueUrl),
      valueLocation: value,
      targetValue: "1",
      aggregateFromKubeServiceEndpoints: "true",
      aggregationType: "sum",
      authMode: isTrusting ? "tls,bearer" : "bearer",
    },
    authenticationRef: { name: authentication },
  };
}

function queueUrl(coordinatorUrl: string): string {
  const [problem] = queueProblems(coordinatorUrl);
  if (problem) throw new pulumi.RunError(describeProblem(problem));
  const { protocol, hostname } = new URL(coordinatorUrl);
  const port = protocol === "https:" ? COORDINATOR_PORT : PLAINTEXT_PORT;
  return `${protocol}//${hostname}:${port}/metrics/queue`;
}

/** Problems of the address of a coordinator whose queue is to scale a pool. */
export function queueProblems(coordinatorUrl: string): Problem[] {
  if (/^https?:\/\/[a-z0-9-]+\.[a-z0-9-]+\.svc(?:\.[a-z0-9.-]+)?(?::\d+)?\/?$/.test(coordinatorUrl))
    return [];
  return [
    {
      path: "coordinatorUrl",
      given: shown(coordinatorUrl),
      allowed:
        "https://SERVICE.NAMESPACE.svc or https://SERVICE.NAMESPACE.svc.DOMAIN where KEDA scales the pool",
      because: "KEDA asks every pod of the coordinator's Service, and finds them by the Service's name.",
      fix: "use Coordinator.url of the same cluster, or a pool of fixed size",
    },
  ];
}

/** The spec of a ScaledObject, without its trigger. */
export function scaledObjectSpec(deployment: pulumi.Input<string>, settings: ScalingSettings) {
  const { cooldownSeconds } = settings;
  return {
    scaleTargetRef: { name: deployment },
    pollingInterval: settings.pollingSeconds,
    cooldownPeriod: cooldownSeconds,
    minReplicaCount: settings.minReplicas,
    maxReplicaCount: settings.maxReplicas,
    // While the queue's length cannot be read, encoders are not scaled in.
    fallback: { failureThreshold: 3, replicas: settings.minReplicas, behavior: "currentReplicasIfHigher" },
    advanced: {
      horizontalPodAutoscalerConfig: {
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            policies: [
              { type: "Percent", value: 900, periodSeconds: 15 },
              { type: "Pods", value: 20, periodSeconds: 15 },
            ],
            selectPolicy: "Max",
          },
          // Scaling in can stop busy encoders. It removes few at a time, so that few jobs start over.
          scaleDown: {
            stabilizationWindowSeconds: cooldownSeconds,
            policies: [
              { type: "Percent", value: 25, periodSeconds: 60 },
              { type: "Pods", value: 2, periodSeconds: 60 },
            ],
            selectPolicy: "Max",
          },
        },
      },
    },
  };
}

/** The spec of a ScaledJob, without its trigger and pod template. */
export function scaledJobSpec(settings: ScalingSettings) {
  return {
    pollingInterval: settings.pollingSeconds,
    minReplicaCount: settings.minReplicas,
    maxReplicaCount: settings.maxReplicas,
    successfulJobsHistoryLimit: 5,
    failedJobsHistoryLimit: 20,
    // Without it a change of the image would end every encode that runs (kedacore/keda#2098).
    rollout: { strategy: "gradual", propagationPolicy: "foreground" },
    // The queue's length is without jobs that are leased, which this strategy expects. A worker is ready when it has its
    // job: until then it is pending, and its job, which is still in the queue, gets no second one.
    scalingStrategy: { strategy: "accurate", pendingPodConditions: ["Ready"] },
  };
}

/** What of a Job is not its pods. The coordinator tries again, not Kubernetes. */
export function jobSpec({ deadlineSeconds }: ScalingSettings) {
  return {
    parallelism: 1,
    completions: 1,
    backoffLimit: 0,
    activeDeadlineSeconds: deadlineSeconds,
    ttlSecondsAfterFinished: 3600,
  };
}

/** Encoders that a pool can have at once. */
export function mostEncoders(args: {
  readonly replicas?: number;
  readonly scaling?: EncoderScaling;
}): number {
  return isScaled(args.scaling)
    ? scalingSettings(args.scaling).maxReplicas
    : (args.replicas ?? LIMITS.encoderReplicas.default);
}
