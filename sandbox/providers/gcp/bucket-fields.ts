import { boolean, ignoringCase, integer, list, object, string, type Fields } from "../fields.ts";
import { labels, project } from "./common.ts";
import { falseByDefault } from "./facts/with-facts.ts";

const storageClasses = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL"];
const date = string({ pattern: /^\d{4}-\d{2}-\d{2}$/, rule: "a date such as 2027-01-31" });
const days = integer({ min: 0 });
const enforcement = object({
  restrictionMode: string({ allowed: ["NotRestricted", "FullyRestricted"] }),
  effectiveTime: string(),
});

/** https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/#inputs */
export const bucketFields: Fields = {
  name: string({
    pattern: /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
    rule: "3 to 63 characters of a-z, 0-9, -, _ and ., starting and ending with a letter or digit",
  }),
  project,
  location: string({ same: ignoringCase }),
  customPlacementConfig: object({ dataLocations: list(string({ same: ignoringCase })) }),
  rpo: string({ allowed: ["DEFAULT", "ASYNC_TURBO"] }),
  storageClass: string({ allowed: storageClasses }),
  labels,
  uniformBucketLevelAccess: boolean(),
  publicAccessPrevention: string({ allowed: ["inherited", "enforced"] }),
  versioning: object({ enabled: boolean() }),
  softDeletePolicy: object({
    retentionDurationSeconds: integer({ min: 0 }),
    effectiveTime: string(),
  }),
  lifecycleRules: list(
    object({
      action: object({
        type: string({
          allowed: ["Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"],
        }),
        storageClass: string({ allowed: storageClasses }),
      }),
      condition: object({
        age: days,
        createdBefore: date,
        customTimeBefore: date,
        daysSinceCustomTime: days,
        daysSinceNoncurrentTime: days,
        noncurrentTimeBefore: date,
        numNewerVersions: days,
        matchesPrefixes: list(string()),
        matchesSuffixes: list(string()),
        matchesStorageClasses: list(string()),
        withState: string({ allowed: ["LIVE", "ARCHIVED", "ANY"] }),
        sendAgeIfZero: boolean({ local: true }),
        sendDaysSinceCustomTimeIfZero: boolean({ local: true }),
        sendDaysSinceNoncurrentTimeIfZero: boolean({ local: true }),
        sendNumNewerVersionsIfZero: boolean({ local: true }),
      }),
    }),
  ),
  autoclass: object({
    enabled: boolean(),
    terminalStorageClass: string({ allowed: ["NEARLINE", "ARCHIVE"] }),
  }),
  retentionPolicy: object({
    retentionPeriod: string({ pattern: /^\d+$/, rule: "a number of seconds, as text" }),
    isLocked: boolean(),
  }),
  enableObjectRetention: boolean(),
  defaultEventBasedHold: boolean(),
  encryption: object({
    defaultKmsKeyName: string(),
    googleManagedEncryptionEnforcementConfig: enforcement,
    customerManagedEncryptionEnforcementConfig: enforcement,
    customerSuppliedEncryptionEnforcementConfig: enforcement,
  }),
  cors: list(
    object({
      origins: list(string()),
      methods: list(string()),
      responseHeaders: list(string()),
      maxAgeSeconds: integer({ min: 0 }),
    }),
  ),
  logging: object({ logBucket: string(), logObjectPrefix: string() }),
  website: object({ mainPageSuffix: string(), notFoundPage: string() }),
  requesterPays: boolean(),
  hierarchicalNamespace: object({ enabled: boolean() }),
  ipFilter: object({
    mode: string({ allowed: ["Enabled", "Disabled"] }),
    publicNetworkSource: object({ allowedIpCidrRanges: list(string()) }),
    vpcNetworkSources: list(
      object({
        network: string(),
        allowedIpCidrRanges: list(string()),
      }),
    ),
    allowAllServiceAgentAccess: boolean(),
    allowCrossOrgVpcs: boolean(),
  }),
  forceDestroy: boolean({ local: true, ...falseByDefault }),
};
