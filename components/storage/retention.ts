import type * as gcp from "@pulumi/gcp";
import { shown, type Problem } from "../validation/index.ts";
import type { TemporaryPrefix } from "./lifecycle.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/**
 * Retention policy of the bucket: until its period ends, nobody can delete or replace an object. Not for the bucket of
 * an `MpegFlowPlatform`, in which coordinators replace job records.
 *
 * Source: https://docs.cloud.google.com/storage/docs/bucket-lock
 */
export interface Retention {
  /** Seconds since an object's creation, 1 to 3155759999 (a hundred years); objects that exist are retained too. */
  retentionPeriodSeconds: number;
  /**
   * Locks the policy irreversibly: nobody, including Google, can remove or shorten it, and the bucket can be deleted
   * only when every object has met the period. Needs `confirmLock`.
   * @default false
   */
  locked?: boolean;
  /**
   * Confirms `locked`: the component's name, letter by letter.
   * @example "masters"
   */
  confirmLock?: string;
}

/** Less than 3,155,760,000. Source: https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/#bucketretentionpolicy */
const LONGEST_SECONDS = 3_155_759_999;
const SECONDS_IN_DAY = 86_400;

/** Arguments that prevent deletion or replacement of objects, and those that conflict with them. */
export interface RetentionArguments {
  retention?: Retention;
  objectRetention?: boolean;
  defaultEventBasedHold?: boolean;
  hierarchicalNamespace?: boolean;
  versioning?: boolean;
  disposable?: boolean;
}

type BucketFields = Pick<
  gcp.storage.BucketArgs,
  "retentionPolicy" | "enableObjectRetention" | "defaultEventBasedHold" | "hierarchicalNamespace"
>;

/** The bucket's fields for what is asked for. */
export function retentionOf(given: RetentionArguments): BucketFields {
  const { retention, objectRetention, defaultEventBasedHold, hierarchicalNamespace } = given;
  return {
    ...(retention && {
      retentionPolicy: {
        retentionPeriod: String(retention.retentionPeriodSeconds),
        ...(retention.locked === true && { isLocked: true }),
      },
    }),
    ...withoutUndefined({ enableObjectRetention: objectRetention, defaultEventBasedHold }),
    ...(hierarchicalNamespace !== undefined && { hierarchicalNamespace: { enabled: hierarchicalNamespace } }),
  };
}

/** Problems of retention, holds and namespace. */
export function retentionProblems(name: string, given: RetentionArguments): Problem[] {
  return [
    ...(given.retention ? policyProblems(name, given.retention) : []),
    ...conflicts(given),
    ...namespaceProblems(given),
  ];
}

function policyProblems(
  name: string,
  { retentionPeriodSeconds: seconds, locked, confirmLock }: Retention,
): Problem[] {
  const problems: Problem[] = [];
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > LONGEST_SECONDS) {
    problems.push({
      path: "retention.retentionPeriodSeconds",
      given: shown(seconds),
      allowed: `whole seconds, 1 to ${LONGEST_SECONDS}`,
      fix: "choose a duration in this range",
    });
  }
  if (locked === true && confirmLock !== name) {
    problems.push({
      path: "retention.confirmLock",
      given: shown(confirmLock),
      allowed: `${shown(name)}, the component's name, which confirms retention.locked`,
      because:
        "a locked policy can never be removed or shortened again, and until every object has met it nobody can delete " +
        "the bucket.",
      fix: `set confirmLock to ${shown(name)} if that is what you want, or leave locked out`,
    });
  }
  if (locked !== true && confirmLock !== undefined) {
    problems.push({
      path: "retention.confirmLock",
      given: shown(confirmLock),
      allowed: "nothing while retention.locked is not true",
      fix: "remove it, so that locking needs its own confirmation",
    });
  }
  return problems;
}

function conflicts({
  retention,
  defaultEventBasedHold,
  versioning,
  disposable,
}: RetentionArguments): Problem[] {
  const problems: Problem[] = [];
  if (retention !== undefined && versioning === true) {
    problems.push({
      path: "versioning",
      given: "true with retention",
      allowed: "one of them",
      because: "every overwritten version would be kept and billed for the whole period.",
      fix: "leave versioning out: what is retained cannot be overwritten anyway",
    });
  }
  const kept = retention !== undefined ? "retention" : "defaultEventBasedHold";
  if (disposable === true && (retention !== undefined || defaultEventBasedHold === true)) {
    problems.push({
      path: "disposable",
      given: `true with ${kept}`,
      allowed: "one of them",
      because: "a bucket cannot be deleted while objects in it are held or retained.",
      fix: `leave ${kept} out, or disposable`,
    });
  }
  return problems;
}

/** Source: https://docs.cloud.google.com/storage/docs/request-rate */
function namespaceProblems(given: RetentionArguments): Problem[] {
  if (given.hierarchicalNamespace !== true) return [];
  const excluded = {
    versioning: given.versioning === true,
    retention: given.retention !== undefined,
    objectRetention: given.objectRetention === true,
  };
  const wrong = Object.entries(excluded).flatMap(([argument, isGiven]) => (isGiven ? [argument] : []));
  if (wrong.length === 0) return [];
  return [
    {
      path: "hierarchicalNamespace",
      given: `true with ${wrong.join(" and ")}`,
      allowed: `true without ${wrong.join(" and ")}`,
      because: "buckets with a hierarchical namespace have neither versioning nor retention locks.",
      fix: `leave ${wrong.join(" and ")} out, or hierarchicalNamespace`,
    },
  ];
}

/** Prefixes that expire sooner than anything may be deleted. */
export function retentionWarnings(
  retention: Retention | undefined,
  temporaryPrefixes: readonly TemporaryPrefix[],
): string[] {
  if (retention === undefined) return [];
  return temporaryPrefixes.flatMap(({ prefix, expireAfterDays }, index) =>
    expireAfterDays * SECONDS_IN_DAY >= retention.retentionPeriodSeconds
      ? []
      : [
          `temporaryPrefixes[${index}] asks for objects below ${shown(prefix)} to be deleted at an age of ` +
            `${expireAfterDays} days, but retention keeps every object for ` +
            `${retention.retentionPeriodSeconds} seconds: they stay, and are billed, until then.`,
        ],
  );
}
