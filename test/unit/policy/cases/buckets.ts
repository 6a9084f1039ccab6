import { UNKNOWN } from "../../../../testing/index.ts";
import { any, bucket, bucketGrant, type Case } from "./case.ts";

const NATIVE = any("google-native:storage/v1:Bucket");
const rules = (...lifecycleRules: readonly object[]) => bucket("media", { lifecycleRules });
const moves = (storageClass: string, condition: object): object => ({
  action: { type: "SetStorageClass", storageClass },
  condition,
});
const deletes = (condition: object): object => ({ action: { type: "Delete" }, condition });

export const buckets: readonly Case[] = [
  {
    policy: "buckets-have-uniform-access",
    title: "buckets with access control lists, of every provider",
    resources: [
      bucket("classic", { uniformBucketLevelAccess: undefined }),
      any("google:index/storageBucket:StorageBucket")("terraform", { uniformBucketLevelAccess: false }),
      NATIVE("native", { iamConfiguration: { uniformBucketLevelAccess: { enabled: false } } }),
    ],
    found: [
      ["Bucket", "classic"],
      ["StorageBucket", "terraform"],
      ["Bucket", "native"],
    ].map(([type = "", name = ""]) => `${type} "${name}" does not have uniform bucket-level access.`),
  },
  {
    policy: "buckets-have-uniform-access",
    title: "buckets with uniform access",
    resources: [
      bucket(),
      NATIVE("native", { iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } }),
    ],
    found: [],
  },
  {
    policy: "buckets-have-uniform-access",
    title: "a value that is not known yet",
    resources: [bucket("media", { uniformBucketLevelAccess: UNKNOWN.boolean })],
    found: [],
    undecided: true,
  },
  {
    policy: "buckets-prevent-public-access",
    title: "buckets that inherit",
    resources: [
      bucket("silent", { publicAccessPrevention: undefined }),
      bucket("said", { publicAccessPrevention: "inherited" }),
    ],
    found: ["silent", "said"].map((name) => `Bucket "${name}" has public access prevention "inherited".`),
  },
  {
    policy: "buckets-prevent-public-access",
    title: "buckets that enforce it",
    resources: [bucket(), NATIVE("native", { iamConfiguration: { publicAccessPrevention: "enforced" } })],
    found: [],
  },
  {
    policy: "grants-are-not-public",
    title: "grants and an access control entry for everybody",
    resources: [
      bucketGrant("all", { role: "roles/storage.objectViewer", member: "allUsers" }),
      any("gcp:storage/bucketIAMBinding:BucketIAMBinding")("known", {
        role: "roles/storage.objectViewer",
        members: ["group:video@example.com", "allAuthenticatedUsers"],
      }),
      any("gcp:storage/bucketAccessControl:BucketAccessControl")("entry", {
        role: "READER",
        entity: "allUsers",
      }),
    ],
    found: [
      'BucketIAMMember "all" gives roles/storage.objectViewer to allUsers.',
      'BucketIAMBinding "known" gives roles/storage.objectViewer to allAuthenticatedUsers.',
      'BucketAccessControl "entry" gives READER to allUsers.',
    ],
  },
  {
    policy: "grants-are-not-public",
    title: "access control lists and data sets for everybody, however they are written",
    resources: [
      any("gcp:storage/bucketACL:BucketACL")("entries", {
        roleEntities: ["OWNER:user-a@b.c", "READER:allUsers"],
      }),
      any("gcp:storage/bucketACL:BucketACL")("list", { predefinedAcl: "publicRead" }),
      any("gcp:storage/bucketACL:BucketACL")("objects", { defaultAcl: "authenticatedRead" }),
      any("gcp:storage/defaultObjectACL:DefaultObjectACL")("default", { roleEntities: ["READER:allUsers"] }),
      any("gcp:storage/objectACL:ObjectACL")("object", { predefinedAcl: "publicReadWrite" }),
      any("gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl")("control", {
        role: "READER",
        entity: "allAuthenticatedUsers",
      }),
      any("google:index/storageBucketAcl:StorageBucketAcl")("bare", { roleEntities: ["READER:allUsers"] }),
      any("google-native:storage/v1:Bucket")("native", {
        defaultObjectAcl: [{ role: "READER", entity: "allUsers" }],
      }),
      any("gcp:bigquery/dataset:Dataset")("set", {
        accesses: [{ role: "READER", specialGroup: "allAuthenticatedUsers" }],
      }),
      any("gcp:bigquery/datasetAccess:DatasetAccess")("access", { role: "READER", iamMember: "allUsers" }),
    ],
    found: [
      'BucketACL "entries" gives READER to allUsers.',
      'BucketACL "list" gives the list publicRead to allUsers.',
      'BucketACL "objects" gives the list authenticatedRead to allAuthenticatedUsers.',
      'DefaultObjectACL "default" gives READER to allUsers.',
      'ObjectACL "object" gives the list publicReadWrite to allUsers.',
      'DefaultObjectAccessControl "control" gives READER to allAuthenticatedUsers.',
      'StorageBucketAcl "bare" gives READER to allUsers.',
      'Bucket "native" gives READER to allUsers.',
      'Dataset "set" gives READER to allAuthenticatedUsers.',
      'DatasetAccess "access" gives READER to allUsers.',
    ],
  },
  {
    policy: "grants-are-not-public",
    title: "grants, lists and data sets for a group",
    resources: [
      any("gcp:storage/bucketACL:BucketACL")("entries", { roleEntities: ["OWNER:user-a@b.c"] }),
      any("gcp:storage/objectACL:ObjectACL")("object", { predefinedAcl: "private" }),
      any("gcp:bigquery/dataset:Dataset")("set", {
        accesses: [{ role: "READER", specialGroup: "projectReaders" }],
      }),
      bucketGrant("group", { role: "roles/storage.objectViewer", member: "group:video@example.com" }),
      any("gcp:storage/bucketAccessControl:BucketAccessControl")("entry", {
        role: "READER",
        entity: "group-video@example.com",
      }),
    ],
    found: [],
  },
  {
    policy: "buckets-are-not-force-destroyed",
    title: "a bucket of prod",
    resources: [bucket("media", { forceDestroy: true })],
    found: ['Bucket "media" sets forceDestroy.'],
  },
  {
    policy: "buckets-are-not-force-destroyed",
    title: "a bucket of a stack that is thrown away",
    stack: "pr-123",
    resources: [bucket("media", { forceDestroy: true })],
    found: [],
  },
  {
    policy: "buckets-are-not-force-destroyed",
    title: "a bucket of prod without it",
    resources: [bucket("media", { forceDestroy: false }), bucket("silent")],
    found: [],
  },
  {
    policy: "buckets-keep-deleted-objects",
    title: "soft delete turned off, and too short for the configuration",
    config: { minimumDays: 14 },
    resources: [
      bucket("off", { softDeletePolicy: { retentionDurationSeconds: 0 } }),
      bucket("short", { softDeletePolicy: { retentionDurationSeconds: 604800 } }),
    ],
    found: [
      'Bucket "off" has soft delete turned off.',
      'Bucket "short" keeps deleted objects for 604800 seconds; at least 1209600 (14 days).',
    ],
  },
  {
    policy: "buckets-keep-deleted-objects",
    title: "Google's default, said and unsaid",
    resources: [bucket("silent"), bucket("said", { softDeletePolicy: { retentionDurationSeconds: 604800 } })],
    found: [],
  },
  {
    policy: "buckets-keep-deleted-objects",
    title: "soft delete off in dev",
    stack: "dev",
    resources: [bucket("off", { softDeletePolicy: { retentionDurationSeconds: 0 } })],
    found: [],
  },
  {
    policy: "bucket-retention-holds",
    title: "what works against retention",
    resources: [
      bucket("early", {
        retentionPolicy: { retentionPeriod: "864000" },
        lifecycleRules: [deletes({ age: 9 })],
      }),
      bucket("locked", { retentionPolicy: { retentionPeriod: 864000, isLocked: true }, forceDestroy: true }),
    ],
    found: [
      'Bucket "early" deletes objects at 9 days, which it retains for 10 days.',
      'Bucket "locked" has a locked retention, so that forceDestroy would stop half-way.',
    ],
  },
  {
    policy: "bucket-retention-holds",
    title: "less retention than is asked for",
    config: { minimumDays: 30 },
    resources: [bucket("none"), bucket("short", { retentionPolicy: { retentionPeriod: 864000 } })],
    found: [
      'Bucket "none" retains objects for 0 days; at least 30.',
      'Bucket "short" retains objects for 10 days; at least 30.',
    ],
  },
  {
    policy: "bucket-retention-holds",
    title: "retention that nothing works against",
    config: { minimumDays: 10 },
    resources: [
      bucket("media", {
        retentionPolicy: { retentionPeriod: 864000, isLocked: true },
        lifecycleRules: [deletes({ age: 10 }), moves("NEARLINE", { age: 1 })],
      }),
      bucket("unlocked", { retentionPolicy: { retentionPeriod: 864000 }, forceDestroy: true }),
    ],
    found: [],
  },
  {
    policy: "lifecycle-rules-make-sense",
    title: "an action that does not exist",
    resources: [rules({ action: { type: "Archive" }, condition: { age: 30 } })],
    found: ['Bucket "media" has a lifecycle action "Archive", which does not exist.'],
  },
  {
    policy: "lifecycle-rules-make-sense",
    title: "deleting everything, whichever provider says it",
    resources: [
      rules(deletes({})),
      bucket("zero", { lifecycleRules: [deletes({ age: 0, matchesPrefixes: [] })] }),
      NATIVE("native", { lifecycle: { rule: [deletes({ isLive: undefined })] } }),
    ],
    found: ["media", "zero", "native"].map(
      (name) => `Bucket "${name}" has a lifecycle rule that deletes every object at the next midnight.`,
    ),
  },
  {
    policy: "lifecycle-rules-make-sense",
    title: "steps that never act",
    resources: [
      rules({ action: { type: "SetStorageClass" }, condition: { age: 3 } }),
      bucket("warm", {
        lifecycleRules: [moves("NEARLINE", { age: 30, matchesStorageClasses: ["COLDLINE", "NEARLINE"] })],
      }),
      bucket("cold", { storageClass: "ARCHIVE", lifecycleRules: [moves("NEARLINE", { age: 30 })] }),
      bucket("late", {
        lifecycleRules: [
          moves("ARCHIVE", { age: 30 }),
          moves("COLDLINE", { age: 90, matchesPrefixes: ["a/"] }),
        ],
      }),
    ],
    found: [
      'Bucket "media" has a SetStorageClass rule without a storageClass.',
      'Bucket "warm" has a lifecycle rule that moves COLDLINE and NEARLINE to NEARLINE, which is not colder: it never acts.',
      'Bucket "cold" has a lifecycle rule that moves ARCHIVE to NEARLINE, which is not colder: it never acts.',
      'Bucket "late" moves objects to COLDLINE at 90 days, when they are in ARCHIVE since day 30.',
    ],
  },
  {
    policy: "lifecycle-rules-make-sense",
    title: "Autoclass with rules by class",
    resources: [
      bucket("media", {
        autoclass: { enabled: true },
        lifecycleRules: [deletes({ age: 9, matchesStorageClasses: ["STANDARD"] })],
      }),
    ],
    found: [
      'Bucket "media" has Autoclass and lifecycle rules that match storage classes, which do not go together.',
    ],
  },
  {
    policy: "lifecycle-rules-make-sense",
    title: "a ladder, deletions that are narrowed down, and Autoclass without classes",
    resources: [
      rules(
        moves("NEARLINE", { age: 30, matchesStorageClasses: ["STANDARD"] }),
        moves("COLDLINE", { age: 90, matchesStorageClasses: ["STANDARD", "NEARLINE"] }),
        moves("ARCHIVE", { age: 10, matchesPrefixes: ["old/"] }),
        deletes({ matchesPrefixes: ["scratch/"] }),
        deletes({ numNewerVersions: 3 }),
        deletes({ age: 400 }),
      ),
      bucket("auto", { autoclass: { enabled: true }, lifecycleRules: [deletes({ age: 9 })] }),
    ],
    found: [],
  },
  {
    policy: "cold-objects-live-long-enough",
    title: "deletions before the minimum duration",
    resources: [
      rules(moves("COLDLINE", { age: 30 }), deletes({ age: 60 })),
      bucket("vault", { storageClass: "ARCHIVE", lifecycleRules: [deletes({ age: 30 })] }),
      bucket("part", {
        lifecycleRules: [
          moves("NEARLINE", { age: 1, matchesPrefixes: ["mezzanines/"] }),
          deletes({ age: 7, matchesPrefixes: ["mezzanines/old/"] }),
        ],
      }),
    ],
    found: [
      'Bucket "media" deletes objects at 60 days, when they are in COLDLINE: 30 more days are billed.',
      'Bucket "vault" deletes objects at 30 days, when they are in ARCHIVE: 335 more days are billed.',
      'Bucket "part" deletes objects at 7 days, when they are in NEARLINE: 23 more days are billed.',
    ],
  },
  {
    policy: "cold-objects-live-long-enough",
    title: "deletions after it, of other objects, and by class",
    resources: [
      rules(moves("COLDLINE", { age: 30 }), deletes({ age: 90 })),
      bucket("others", {
        lifecycleRules: [
          moves("NEARLINE", { age: 1, matchesPrefixes: ["mezzanines/"], matchesSuffixes: [".mxf"] }),
          deletes({ age: 7, matchesPrefixes: ["scratch/"] }),
          deletes({ age: 8 }),
          deletes({ age: 8, matchesPrefixes: ["mezzanines/"], matchesSuffixes: [".mov"] }),
        ],
      }),
      bucket("classed", {
        lifecycleRules: [
          moves("NEARLINE", { age: 1 }),
          deletes({ age: 7, matchesStorageClasses: ["STANDARD"] }),
        ],
      }),
    ],
    found: [],
  },
  {
    policy: "unfinished-uploads-end",
    title: "a bucket without the rule",
    resources: [bucket("media", { lifecycleRules: [deletes({ age: 30 })] })],
    found: ['Bucket "media" keeps the parts of unfinished uploads forever.'],
  },
  { policy: "unfinished-uploads-end", title: "a bucket with it", resources: [bucket()], found: [] },
];
