import { z } from "zod";
import { invalid, notModelled } from "./errors.ts";

/**
 * The fields of a bucket that the store keeps and returns, in the shapes of
 * https://docs.cloud.google.com/storage/docs/json_api/v1/buckets. Unknown fields are refused, as Google refuses them.
 */
const int64 = z
  .union([z.string().regex(/^\d{1,19}$/, "a whole number"), z.number().int().nonnegative()])
  .transform(String);
const dateOnly = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "YYYY-MM-DD");
const optional = z.exactOptional;

const storageClass = z.enum(["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"]);

const lifecycleRule = z.strictObject({
  action: z.strictObject({
    type: z.enum(["Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"]),
    storageClass: optional(storageClass),
  }),
  condition: z.strictObject({
    age: optional(z.number().int().nonnegative()),
    createdBefore: optional(dateOnly),
    customTimeBefore: optional(dateOnly),
    daysSinceCustomTime: optional(z.number().int().nonnegative()),
    daysSinceNoncurrentTime: optional(z.number().int().nonnegative()),
    isLive: optional(z.boolean()),
    matchesStorageClass: optional(z.array(z.string())),
    matchesPrefix: optional(z.array(z.string())),
    matchesSuffix: optional(z.array(z.string())),
    noncurrentTimeBefore: optional(dateOnly),
    numNewerVersions: optional(z.number().int().nonnegative()),
  }),
});

const accessSwitch = z.strictObject({ enabled: z.boolean(), lockedTime: optional(z.string()) });
const enforcement = z.strictObject({
  restrictionMode: z.enum(["NotRestricted", "FullyRestricted"]),
  effectiveTime: optional(z.string()),
});

const ipRanges = z.strictObject({ allowedIpCidrRanges: z.array(z.string()) });

/** Settings that a patch may change. */
const mutableFields = {
  storageClass: optional(storageClass),
  rpo: optional(z.enum(["DEFAULT", "ASYNC_TURBO"])),
  labels: optional(
    z.record(z.string().regex(/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u), z.string().max(63)),
  ),
  iamConfiguration: optional(
    z.strictObject({
      uniformBucketLevelAccess: optional(accessSwitch),
      bucketPolicyOnly: optional(accessSwitch),
      publicAccessPrevention: optional(z.enum(["inherited", "enforced"])),
    }),
  ),
  lifecycle: optional(z.strictObject({ rule: optional(z.array(lifecycleRule).max(100)) })),
  softDeletePolicy: optional(
    z.strictObject({ retentionDurationSeconds: optional(int64), effectiveTime: optional(z.string()) }),
  ),
  versioning: optional(z.strictObject({ enabled: z.boolean() })),
  retentionPolicy: optional(
    z.strictObject({
      retentionPeriod: int64,
      effectiveTime: optional(z.string()),
      isLocked: optional(z.boolean()),
    }),
  ),
  cors: optional(
    z.array(
      z.strictObject({
        origin: optional(z.array(z.string())),
        method: optional(z.array(z.string())),
        responseHeader: optional(z.array(z.string())),
        maxAgeSeconds: optional(z.number().int()),
      }),
    ),
  ),
  encryption: optional(
    z.strictObject({
      defaultKmsKeyName: optional(z.string()),
      googleManagedEncryptionEnforcementConfig: optional(enforcement),
      customerManagedEncryptionEnforcementConfig: optional(enforcement),
      customerSuppliedEncryptionEnforcementConfig: optional(enforcement),
    }),
  ),
  logging: optional(z.strictObject({ logBucket: z.string(), logObjectPrefix: optional(z.string()) })),
  website: optional(
    z.strictObject({ mainPageSuffix: optional(z.string()), notFoundPage: optional(z.string()) }),
  ),
  autoclass: optional(
    z.strictObject({
      enabled: z.boolean(),
      terminalStorageClass: optional(z.enum(["NEARLINE", "ARCHIVE"])),
      toggleTime: optional(z.string()),
      terminalStorageClassUpdateTime: optional(z.string()),
    }),
  ),
  billing: optional(z.strictObject({ requesterPays: optional(z.boolean()) })),
  defaultEventBasedHold: optional(z.boolean()),
  hierarchicalNamespace: optional(z.strictObject({ enabled: z.boolean() })),
  ipFilter: optional(
    z.strictObject({
      mode: z.enum(["Enabled", "Disabled"]),
      publicNetworkSource: optional(ipRanges),
      vpcNetworkSources: optional(z.array(ipRanges.extend({ network: z.string() }))),
      allowAllServiceAgentAccess: optional(z.boolean()),
      allowCrossOrgVpcs: optional(z.boolean()),
    }),
  ),
};

const fixedFields = {
  location: optional(z.string()),
  customPlacementConfig: optional(z.strictObject({ dataLocations: z.array(z.string()) })),
  objectRetention: optional(z.strictObject({ mode: z.literal("Enabled") })),
};

/** What clients echo back and Google ignores. */
const OUTPUT_ONLY = new Set(
  "kind id selfLink projectNumber metageneration generation timeCreated updated etag locationType owner acl defaultObjectAcl satisfiesPZS satisfiesPZI".split(
    " ",
  ),
);

export const bucketSettingsSchema = z.strictObject({ ...mutableFields, ...fixedFields });
export type BucketSettings = z.infer<typeof bucketSettingsSchema>;
/** The names of the settings that only a new bucket takes. */
export const FIXED_SETTINGS = Object.keys(fixedFields) as readonly (keyof typeof fixedFields)[];

export const bucketRecordSchema = z.strictObject({
  name: z.string(),
  settings: bucketSettingsSchema,
  locationType: z.enum(["region", "dual-region", "multi-region"]),
  /** Microseconds; also the bucket's generation. */
  generation: z.number().int(),
  metageneration: z.number().int(),
  timeCreated: z.string(),
  updated: z.string(),
});
export type BucketRecord = z.infer<typeof bucketRecordSchema>;

/** A request body without `name` and without what only Google writes. */
export function withoutOutputFields(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw invalid("Parse Error");
  return Object.fromEntries(
    Object.entries(body).filter(
      ([key, value]) => key !== "name" && !OUTPUT_ONLY.has(key) && value !== undefined,
    ),
  );
}

/** @throws one error that names every field that is wrong */
export function parseSettings(fields: Record<string, unknown>): BucketSettings {
  const upper = fields["storageClass"];
  const settings = bucketSettingsSchema.safeParse({
    ...fields,
    ...(typeof upper === "string" && { storageClass: upper.toUpperCase() }),
  });
  if (!settings.success) {
    throw invalid(
      settings.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "),
    );
  }
  if (settings.data.billing?.requesterPays === true) throw notModelled("billing.requesterPays");
  if (settings.data.hierarchicalNamespace?.enabled === true)
    throw notModelled("hierarchicalNamespace.enabled");
  if (settings.data.ipFilter?.mode === "Enabled") throw notModelled("ipFilter.mode Enabled");
  return settings.data;
}

/** JSON merge patch (RFC 7396): `null` removes, objects merge, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> =
    typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    const result = value === null ? undefined : mergePatch(merged[key], value);
    if (result === undefined) Reflect.deleteProperty(merged, key);
    else merged[key] = result;
  }
  return merged;
}
