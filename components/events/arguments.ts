import type * as pulumi from "@pulumi/pulumi";
import { below, regionsProblems, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import { LIMITS } from "../workloads/limits.ts";
import {
  DELIVERY_ATTEMPTS,
  RETENTION_DEFAULTS,
  retentionProblems,
  retryPolicyProblems,
  type MessageRetention,
  type RetryPolicy,
} from "./delivery.ts";
import { historyProblems, type JobHistory } from "./history.ts";
import { uploadProblems, type UploadTrigger } from "./uploads.ts";
import { webhookProblems, type Webhook } from "./webhooks.ts";

/** Arguments of {@link JobMessaging}. */
export interface JobMessagingArgs {
  /** Project id. */
  readonly projectId: pulumi.Input<string>;
  /** Project number: Pub/Sub's own account, which forwards dead letters, is named after it. */
  readonly projectNumber: pulumi.Input<string>;
  /** Regions, in lower case, in which messages may be kept on disk: the bucket's own. */
  readonly regions: string[];
  /** IAM members of the coordinators, as `kubernetesPrincipal` makes them. */
  readonly coordinatorPrincipals: pulumi.Input<string>[];
  /**
   * Seconds without a heartbeat after which a job goes to another worker: the acknowledgement deadline of `jobs`.
   * 10 to 600. @default 60
   */
  readonly leaseSeconds?: number;
  /**
   * Deliveries after which a message becomes a dead letter, 5 to 100. A coordinator that holds a job for which no
   * worker is free hands it back, and that counts as a delivery: a low number would drop jobs that only waited. What
   * limits attempts to encode is the coordinator. @default 100
   */
  readonly maxDeliveryAttempts?: number;
  /**
   * Back-off between deliveries of a job that was handed back.
   * @default 10 to 600 s
   */
  readonly retryPolicy?: RetryPolicy;
  /**
   * How long subscriptions, and the topics themselves, keep messages.
   * @default the longest for jobs and dead letters, 7 days for events, nothing in topics
   */
  readonly retention?: MessageRetention;
  /**
   * Accept publish and pull calls in `regions` only, beside keeping messages there only: clients elsewhere have to
   * use the locational endpoints of one of the regions.
   * Source: https://docs.cloud.google.com/pubsub/docs/resource-location-restriction
   * @default false
   */
  readonly enforceInTransit?: boolean;
  /**
   * Full resource name of the CryptoKey that encrypts every topic, `projects/P/locations/L/keyRings/R/cryptoKeys/K`.
   * Pub/Sub's service agent needs `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it first: pass an output that
   * depends on that grant. A change replaces the topics, which their protection refuses.
   * Source: https://docs.cloud.google.com/pubsub/docs/encryption
   * @default keys that Google manages
   */
  readonly kmsKeyName?: pulumi.Input<string>;
  /** Endpoints that job events are pushed to. @default none */
  readonly webhooks?: Webhook[];
  /** Where job events are kept for good. @default nowhere */
  readonly history?: JobHistory;
  /** Uploads that start jobs. @default none */
  readonly uploads?: UploadTrigger;
  /** Labels of everything here that can have some. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets topics and subscriptions be deleted: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
}

/** What is wrong with the arguments that are known before anything is made. */
export function jobMessagingProblems(name: string, args: Partial<JobMessagingArgs>): Problem[] {
  const { leaseSeconds, maxDeliveryAttempts, retryPolicy, retention } = settingsOf(args);
  return [
    ...nameProblems(name),
    ...retryPolicyProblems("retryPolicy", retryPolicy),
    ...below("retention", retentionProblems(retention)),
    ...wholeNumberProblems("leaseSeconds", leaseSeconds, LIMITS.leaseSeconds),
    ...wholeNumberProblems("maxDeliveryAttempts", maxDeliveryAttempts, DELIVERY_ATTEMPTS),
    ...webhookProblems(args.webhooks ?? []),
    ...below("history", historyProblems(args.history ?? {})),
    ...(args.uploads === undefined ? [] : uploadProblems(args.uploads)),
    ...loopProblems(args),
    ...(args.regions === undefined ? [] : regionsProblems(args.regions)),
  ];
}

/** History that is written below the prefix of uploads would start jobs, whose events would be history. */
function loopProblems({ uploads, history }: Partial<JobMessagingArgs>): Problem[] {
  const storage = history?.storage;
  if (uploads === undefined || storage?.bucket !== uploads.bucket) return [];
  if (!(storage.prefix ?? "job-events/").startsWith(uploads.prefix)) return [];
  return [
    {
      path: "history.storage.prefix",
      given: shown(storage.prefix),
      allowed: `a prefix that is not below ${shown(uploads.prefix)}`,
      because: "files of history below the prefix of uploads would start jobs, whose events are history.",
      fix: "use another prefix, or another bucket",
    },
  ];
}

/**
 * What is wrong with a name of which topics and subscriptions are named.
 *
 * Source: https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names
 */
function nameProblems(name: string): Problem[] {
  if (/^(?!goog)[A-Za-z][A-Za-z0-9._~%+-]{0,199}$/.test(name)) return [];
  return [
    {
      path: "name",
      given: shown(name),
      allowed: "letters, digits and . _ ~ % + -, starting with a letter, not with goog",
      because: "topics and subscriptions are named after it.",
      fix: "give the component another name",
    },
  ];
}

/** The arguments with their defaults. */
export function settingsOf(args: Partial<JobMessagingArgs>) {
  return {
    leaseSeconds: args.leaseSeconds ?? LIMITS.leaseSeconds.default,
    maxDeliveryAttempts: args.maxDeliveryAttempts ?? DELIVERY_ATTEMPTS.default,
    retryPolicy: args.retryPolicy ?? {},
    retention: { ...RETENTION_DEFAULTS, ...args.retention },
  };
}
