import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { AuditLogBucket } from "./audit-trail-args.ts";
import { LIMITS } from "./settings.ts";

interface LogBucketArgs extends Omit<AuditLogBucket, "kmsKeyName"> {
  readonly projectId: string;
  readonly location: string;
  /** Prefix of the generated id. */
  readonly idPrefix: string;
  readonly kmsKeyName: pulumi.Output<string> | undefined;
  readonly disposable: boolean;
}

interface LogBucket {
  readonly bucket: gcp.logging.ProjectBucketConfig;
  /** Undefined where the id is given. */
  readonly generatedId: random.RandomId | undefined;
  /** `projects/P/locations/L/buckets/B`. */
  readonly path: pulumi.Output<string>;
  readonly bucketId: pulumi.Output<string>;
}

/** A log bucket under an id that no other stack has. */
export function logBucket(name: string, args: LogBucketArgs, parent: pulumi.Resource): LogBucket {
  const kept = !args.disposable;
  const id = args.bucketId ?? generatedId(name, args, parent);
  const bucket = new gcp.logging.ProjectBucketConfig(
    name,
    {
      project: args.projectId,
      location: args.location,
      bucketId: typeof id === "string" ? id : id.hex,
      description: `Audit log entries that concern ${args.idPrefix}`,
      retentionDays: args.retentionDays ?? LIMITS.logRetentionDays.default,
      ...(args.locked === true && { locked: true }),
      ...(args.analytics === true && { enableAnalytics: true }),
      ...(args.kmsKeyName !== undefined && { cmekSettings: { kmsKeyName: args.kmsKeyName } }),
      deletionPolicy: kept ? "PREVENT" : "DELETE",
    },
    { parent, ...(kept && { protect: true }) },
  );
  const { bucketId } = bucket;
  return {
    bucket,
    generatedId: typeof id === "string" ? undefined : id,
    bucketId,
    path: pulumi.interpolate`projects/${args.projectId}/locations/${args.location}/buckets/${bucketId}`,
  };
}

/**
 * Pulumi makes up no id here, and a fixed one would be worse than a clash: the provider takes over a log bucket that
 * exists, and Google keeps the id of a deleted one for 7 days.
 */
function generatedId(name: string, { idPrefix }: LogBucketArgs, parent: pulumi.Resource): random.RandomId {
  return new random.RandomId(`${name}-id`, { byteLength: 4, prefix: `${idPrefix}-` }, { parent });
}
