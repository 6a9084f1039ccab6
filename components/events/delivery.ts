import { prefixPaths, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";

/** How long Pub/Sub waits before it redelivers a message that was not acknowledged. */
export interface RetryPolicy {
  /** Seconds before the first repetition, 0 to 600. @default 10 */
  readonly minimumBackoffSeconds?: number;
  /** Most seconds between repetitions, 0 to 600, not less than the minimum. @default 600 */
  readonly maximumBackoffSeconds?: number;
}

/** How long messages are kept, in seconds: 600 (10 minutes) to 2678400 (31 days). */
export interface MessageRetention {
  /** Seconds for which job requests are kept that no coordinator has acknowledged. @default 2678400 */
  readonly jobsSeconds?: number;
  /** Job events in the audit subscription; the same news is in the job records. @default 604800 */
  readonly jobEventsSeconds?: number;
  /** Dead letters. @default 2678400 */
  readonly deadLetterSeconds?: number;
  /**
   * Every message published, acknowledged or not, so that any subscription can be sought back; billed as storage.
   * Source: https://docs.cloud.google.com/pubsub/docs/topic-message-retention
   * @default nothing is kept beyond what subscriptions keep
   */
  readonly topicSeconds?: number;
}

/** Deliveries until a dead letter. Source: https://docs.cloud.google.com/pubsub/docs/subscription-properties */
export const DELIVERY_ATTEMPTS = { min: 5, max: 100, default: 100 } as const;
/** Source: https://docs.cloud.google.com/pubsub/docs/subscription-retry-policy */
const BACK_OFF = { min: 0, max: 600, minimum: 10, maximum: 600 } as const;
/** Source: https://docs.cloud.google.com/pubsub/docs/subscription-properties */
const RETENTION = { min: 600, max: 2_678_400 } as const;

/** See {@link MessageRetention}. */
export const RETENTION_DEFAULTS = {
  jobsSeconds: RETENTION.max,
  jobEventsSeconds: 604_800,
  deadLetterSeconds: RETENTION.max,
} as const;

/** A duration as Google spells it. */
export const seconds = (count: number): string => `${count}s`;

const limitsOf = (policy: RetryPolicy) => ({
  minimum: policy.minimumBackoffSeconds ?? BACK_OFF.minimum,
  maximum: policy.maximumBackoffSeconds ?? BACK_OFF.maximum,
});

/** A subscription's `retryPolicy`. */
export function backOff(policy: RetryPolicy): { minimumBackoff: string; maximumBackoff: string } {
  const { minimum, maximum } = limitsOf(policy);
  return { minimumBackoff: seconds(minimum), maximumBackoff: seconds(maximum) };
}

export function retryPolicyProblems(path: string, policy: RetryPolicy): Problem[] {
  const { minimum, maximum } = limitsOf(policy);
  const found = prefixPaths(path, [
    ...wholeNumberProblems("minimumBackoffSeconds", minimum, BACK_OFF),
    ...wholeNumberProblems("maximumBackoffSeconds", maximum, BACK_OFF),
  ]);
  if (found.length > 0 || minimum <= maximum) return found;
  return [
    {
      path: `${path}.minimumBackoffSeconds`,
      given: shown(minimum),
      allowed: `at most maximumBackoffSeconds, ${maximum}`,
      fix: "lower the minimum or raise the maximum",
    },
  ];
}

export function retentionProblems(retention: MessageRetention): Problem[] {
  return (["jobsSeconds", "jobEventsSeconds", "deadLetterSeconds", "topicSeconds"] as const).flatMap(
    (path) => {
      const value = retention[path];
      return value === undefined ? [] : wholeNumberProblems(path, value, RETENTION);
    },
  );
}
