import { bucketRefusal, fromJavaScript } from "./media-bucket-refusal.ts";
import type { Refusal } from "./refusal.ts";

/** What protects objects: keys, retention, holds. */
export const protectionRefusals: Refusal[] = [
  bucketRefusal(
    "the short name of a key",
    { kmsKeyName: "objects" },
    'kmsKeyName: given "objects"; allowed: ' +
      "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY. Reason: Storage takes the full " +
      "resource name of a key. Fix: pass the id of the gcp.kms.CryptoKey",
  ),
  bucketRefusal(
    "a version of a key",
    { kmsKeyName: "projects/p/locations/nam4/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1" },
    'kmsKeyName: given "projects/p/locations/nam4/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"; allowed: ' +
      "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY. Reason: Storage takes the key, and " +
      "uses its primary version. Fix: pass the id of the gcp.kms.CryptoKey",
  ),
  bucketRefusal(
    "a mode of customer-supplied encryption that there is not",
    fromJavaScript({ customerSuppliedEncryption: "REQUIRED" }),
    'customerSuppliedEncryption: given "REQUIRED"; allowed: ALLOWED or FORBIDDEN. Fix: use one of these, ' +
      "or leave it out",
  ),
  bucketRefusal(
    "retention for no time",
    { retention: { retentionPeriodSeconds: 0 } },
    "retention.retentionPeriodSeconds: given 0; allowed: whole seconds, 1 to 3155759999. Fix: choose a " +
      "duration in this range",
  ),
  bucketRefusal(
    "retention for more than a hundred years",
    { retention: { retentionPeriodSeconds: 3_155_760_000 } },
    "retention.retentionPeriodSeconds: given 3155760000; allowed: whole seconds, 1 to 3155759999. Fix: " +
      "choose a duration in this range",
  ),
  bucketRefusal(
    "a lock without a confirmation",
    { retention: { retentionPeriodSeconds: 86_400, locked: true } },
    'retention.confirmLock: given nothing; allowed: "media", the component\'s name, which confirms ' +
      "retention.locked. Reason: a locked policy can never be removed or shortened again, and until every " +
      'object has met it nobody can delete the bucket. Fix: set confirmLock to "media" if that is what you ' +
      "want, or leave locked out",
  ),
  bucketRefusal(
    "a lock confirmed with another name",
    { retention: { retentionPeriodSeconds: 86_400, locked: true, confirmLock: "masters" } },
    'retention.confirmLock: given "masters"; allowed: "media", the component\'s name, which confirms ' +
      "retention.locked. Reason: a locked policy can never be removed or shortened again, and until every " +
      'object has met it nobody can delete the bucket. Fix: set confirmLock to "media" if that is what you ' +
      "want, or leave locked out",
  ),
  bucketRefusal(
    "a confirmation left behind without a lock",
    { retention: { retentionPeriodSeconds: 86_400, confirmLock: "media" } },
    'retention.confirmLock: given "media"; allowed: nothing while retention.locked is not true. Fix: ' +
      "remove it, so that locking needs its own confirmation",
  ),
  bucketRefusal(
    "retention with versioning",
    { retention: { retentionPeriodSeconds: 86_400 }, versioning: true },
    "versioning: given true with retention; allowed: one of them. Reason: every overwritten version would " +
      "be kept and billed for the whole period. Fix: leave versioning out: what is retained cannot be " +
      "overwritten anyway",
  ),
  bucketRefusal(
    "retention in a disposable bucket",
    { retention: { retentionPeriodSeconds: 86_400 }, disposable: true },
    "disposable: given true with retention; allowed: one of them. Reason: a bucket cannot be deleted " +
      "while objects in it are held or retained. Fix: leave retention out, or disposable",
  ),
  bucketRefusal(
    "holds in a disposable bucket",
    { defaultEventBasedHold: true, disposable: true },
    "disposable: given true with defaultEventBasedHold; allowed: one of them. Reason: a bucket cannot be " +
      "deleted while objects in it are held or retained. Fix: leave defaultEventBasedHold out, or " +
      "disposable",
  ),
  bucketRefusal(
    "folders with versioning",
    { hierarchicalNamespace: true, versioning: true },
    "hierarchicalNamespace: given true with versioning; allowed: true without versioning. Reason: buckets " +
      "with a hierarchical namespace have neither versioning nor retention locks. Fix: leave versioning " +
      "out, or hierarchicalNamespace",
  ),
  bucketRefusal(
    "folders with a locked retention policy",
    {
      hierarchicalNamespace: true,
      retention: { retentionPeriodSeconds: 86_400, locked: true, confirmLock: "media" },
    },
    "hierarchicalNamespace: given true with retention; allowed: true without retention. Reason: buckets " +
      "with a hierarchical namespace have neither versioning nor retention locks. Fix: leave retention out, " +
      "or hierarchicalNamespace",
  ),
  bucketRefusal(
    "folders with retention of single objects",
    { hierarchicalNamespace: true, objectRetention: true },
    "hierarchicalNamespace: given true with objectRetention; allowed: true without objectRetention. " +
      "Reason: buckets with a hierarchical namespace have neither versioning nor retention locks. Fix: " +
      "leave objectRetention out, or hierarchicalNamespace",
  ),
];
