import { coordinatorEnvironment } from "../../services/environment/index.ts";

/** A whole-number setting: its limits, both included, and its default. */
export interface Limits {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** Those of what a coordinator reads. */
const limitsOf = ({ min, max, default: usual }: Limits): Limits => ({ min, max, default: usual });

/** Limits of the settings that the platform, its parts and the stacks' configuration share. */
export const LIMITS = {
  /** Seconds; those of Pub/Sub's acknowledgement deadline. https://docs.cloud.google.com/pubsub/docs/subscription-properties */
  leaseSeconds: limitsOf(coordinatorEnvironment.MPEGFLOW_LEASE_SECONDS),
  /**
   * Seconds; the longest that URLs of keyless signers are dependable for, so that the signer can be changed.
   * https://docs.cloud.google.com/storage/docs/authentication/creating-signatures
   */
  urlTtlSeconds: { ...limitsOf(coordinatorEnvironment.MPEGFLOW_URL_TTL_SECONDS), min: 60 },
  /** Signatures of signBlob in a second; at most the project's 60,000 a minute. https://docs.cloud.google.com/iam/quotas */
  signBlobPerSecond: limitsOf(coordinatorEnvironment.MPEGFLOW_SIGN_BLOB_PER_SECOND),
  maxAttempts: limitsOf(coordinatorEnvironment.MPEGFLOW_MAX_ATTEMPTS),
  backlog: limitsOf(coordinatorEnvironment.MPEGFLOW_BACKLOG),
  coordinatorReplicas: { min: 1, max: 100, default: 2 },
  encoderReplicas: { min: 0, max: 1000, default: 1 },
  /** Most encoders of a pool that the queue scales. */
  scaledEncoders: { min: 1, max: 1000, default: 20 },
  /** Seconds between two looks at the queue; KEDA's own default is 30. */
  pollingSeconds: { min: 1, max: 3600, default: 10 },
  /** Seconds; what Kubernetes lets an autoscaler wait at most. */
  cooldownSeconds: { min: 0, max: 3600, default: 300 },
  /** Seconds; a day, and at most ten. */
  jobDeadlineSeconds: { min: 60, max: 864_000, default: 86_400 },
  idleSeconds: { min: 1, max: 3600, default: 30 },
  terminationGraceSeconds: { min: 1, max: 86_400, default: 30 },
  /** Seconds of notice that a Spot node gives. https://docs.cloud.google.com/kubernetes-engine/docs/concepts/spot-vms */
  spotNoticeSeconds: { min: 30, max: 120, default: 30 },
} as const satisfies Record<string, Limits>;
