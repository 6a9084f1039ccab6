import { boolean, ignoringCase, integer, list, object, string, type Fields } from "../fields.ts";
import { labels, project } from "./common.ts";

const storageClasses = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL"];
const date = string({ pattern: /^\d{4}-\d{2}-\d{2}$/, rule: "a date such as 2027-01-31" });
const days = integer({ min: 0 });
const enforcement = object({
  restrictionMode: string({ required: true, allowed: ["NotRestricted", "FullyRestricted"] }),
  effectiveTime: string({ computed: true }),
});

/** https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/#inputs */
export const bucketFields: Fields = {
  name: string({
    required: true,
    replaces: true,
    pattern: /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
    rule: "3 to 63 characters of a-z, 0-9, -, _ and ., starting and ending with a letter or digit",
  }),
  project,
  location: string({ required: true, replaces: true, same: ignoringCase }),
  customPlacementConfig: object(
    { dataLocations: list(string({ same: ignoringCase }), { required: true, min: 1, unordered: true }) },
    { replaces: true },
  ),
  rpo: string({ allowed: ["DEFAULT", "ASYNC_TURBO"], computed: true }),
  storageClass: string({ allowed: storageClasses, default: "STANDARD" }),
  labels,
  uniformBucketLevelAccess: boolean({ computed: true }),
  publicAccessPrevention: string({ allowed: ["inherited", "enforced"], computed: true }),
  versioning: object({ enabled: boolean({ required: true }) }, { computed: true }),
  softDeletePolicy: object(
    {
      retentionDurationSeconds: integer({ min: 0, default: 604_800 }),
      effectiveTime: string({ computed: true }),
    },
    { computed: true },
  ),
  lifecycleRules: list(
    object({
      action: object(
        {
          type: string({
            required: true,
            allowed: ["Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"],
          }),
          storageClass: string({ allowed: storageClasses }),
        },
        { required: true },
      ),
      condition: object(
        {
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
          withState: string({ allowed: ["LIVE", "ARCHIVED", "ANY"], computed: true }),
          sendAgeIfZero: boolean({ local: true }),
          sendDaysSinceCustomTimeIfZero: boolean({ local: true }),
          sendDaysSinceNoncurrentTimeIfZero: boolean({ local: true }),
          sendNumNewerVersionsIfZero: boolean({ local: true }),
        },
        { required: true },
      ),
    }),
  ),
  autoclass: object({
    enabled: boolean({ required: true }),
    terminalStorageClass: string({ allowed: ["NEARLINE", "ARCHIVE"], computed: true }),
  }),
  retentionPolicy: object({
    retentionPeriod: string({ required: true, pattern: /^\d+$/, rule: "a number of seconds, as text" }),
    isLocked: boolean(),
  }),
  enableObjectRetention: boolean({ replaces: true }),
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
  logging: object({ logBucket: string({ required: true }), logObjectPrefix: string({ computed: true }) }),
  website: object({ mainPageSuffix: string(), notFoundPage: string() }, { computed: true }),
  requesterPays: boolean(),
  hierarchicalNamespace: object({ enabled: boolean({ required: true }) }, { replaces: true }),
  ipFilter: object({
    mode: string({ required: true, allowed: ["Enabled", "Disabled"] }),
    publicNetworkSource: object({ allowedIpCidrRanges: list(string(), { required: true }) }),
    vpcNetworkSources: list(
      object({
        network: string({ required: true }),
        allowedIpCidrRanges: list(string(), { required: true }),
      }),
    ),
    allowAllServiceAgentAccess: boolean(),
    allowCrossOrgVpcs: boolean(),
  }),
  forceDestroy: boolean({ default: false, local: true }),
};
