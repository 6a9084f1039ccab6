import { memberNameProblems } from "../identity/grants.ts";
import {
  prefixPaths,
  labelProblems,
  regionsProblems,
  shown,
  wholeNumberProblems,
  type KnownLater,
  type Problem,
} from "../validation/index.ts";
import { LIMITS } from "../workloads/limits.ts";
import { DELIVERY_ATTEMPTS, RETENTION_DEFAULTS, retentionProblems, retryPolicyProblems } from "./delivery.ts";
import { historyProblems } from "./history.ts";
import type { JobMessagingArgs } from "./job-messaging-args.ts";
import type { UploadTrigger } from "./upload-trigger.ts";
import { uploadProblems } from "./uploads.ts";
import { webhookProblems } from "./webhooks.ts";

/** The arguments that are known; a platform makes the bucket of uploads after it has checked the others. */
type JobMessagingGiven = Partial<Omit<JobMessagingArgs, "uploads">> & {
  readonly uploads?: KnownLater<UploadTrigger, "bucket">;
};

/** Problems of the arguments, as far as they are known in advance. */
export function jobMessagingProblems(name: string, args: JobMessagingGiven): Problem[] {
  const { leaseSeconds, maxDeliveryAttempts, retryPolicy, retention } = settingsOf(args);
  return [
    ...nameProblems(name),
    ...retryPolicyProblems("retryPolicy", retryPolicy),
    ...prefixPaths("retention", retentionProblems(retention)),
    ...wholeNumberProblems("leaseSeconds", leaseSeconds, LIMITS.leaseSeconds),
    ...wholeNumberProblems("maxDeliveryAttempts", maxDeliveryAttempts, DELIVERY_ATTEMPTS),
    ...labelProblems(args.labels ?? {}),
    ...webhookProblems(args.webhooks ?? []),
    ...prefixPaths("history", historyProblems(args.history ?? {})),
    ...(args.uploads === undefined ? [] : uploadProblems(args.uploads)),
    ...loopProblems(args),
    ...(args.regions === undefined ? [] : regionsProblems(args.regions)),
    ...memberNameProblems("coordinatorPrincipals", args.coordinatorPrincipals ?? []),
  ];
}

/** History that is written below the prefix of uploads would start jobs, whose events would be history. */
function loopProblems({ uploads, history }: JobMessagingGiven): Problem[] {
  const storage = history?.storage;
  if (uploads === undefined || storage === undefined || storage.bucket !== uploads.bucket) return [];
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
 * Problems of a name from which topics and subscriptions are named.
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
export function settingsOf(args: Omit<JobMessagingGiven, "uploads">) {
  return {
    leaseSeconds: args.leaseSeconds ?? LIMITS.leaseSeconds.default,
    maxDeliveryAttempts: args.maxDeliveryAttempts ?? DELIVERY_ATTEMPTS.default,
    retryPolicy: args.retryPolicy ?? {},
    retention: { ...RETENTION_DEFAULTS, ...args.retention },
  };
}
