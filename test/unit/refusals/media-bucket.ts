import {
  AccessPattern,
  ArchiveClass,
  MediaBucket,
  predefined,
  type MediaBucketArgs,
} from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const good = { placement: predefined("NAM4"), accessPattern: AccessPattern.ActiveActive };

const bucket = (when: string, args: Partial<MediaBucketArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new MediaBucket("media", { ...good, ...args }),
  subject: 'MediaBucket "media"',
  says,
});

export const mediaBucketRefusals: Refusal[] = [
  bucket(
    "a step without a number of days",
    { archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: 0 }] } },
    "archive.steps[0].afterDays: given 0; allowed: whole days, 1 or more. Fix: give a number of days",
  ),
  bucket(
    "the short name of a key",
    { kmsKeyName: "objects" },
    'kmsKeyName: given "objects"; allowed: projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY. ' +
      "Reason: Storage takes the full resource name of a key. Fix: pass the id of the gcp.kms.CryptoKey",
  ),
  bucket(
    "a version of a key",
    { kmsKeyName: "projects/p/locations/nam4/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1" },
    'kmsKeyName: given "projects/p/locations/nam4/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"; ' +
      "allowed: projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY. " +
      "Reason: Storage takes the key, and uses its primary version. Fix: pass the id of the gcp.kms.CryptoKey",
  ),
  bucket(
    "a mode of customer-supplied encryption that there is not",
    // @ts-expect-error neither ALLOWED nor FORBIDDEN
    { customerSuppliedEncryption: "REQUIRED" },
    'customerSuppliedEncryption: given "REQUIRED"; allowed: ALLOWED or FORBIDDEN. ' +
      "Fix: use one of these, or leave it out",
  ),
];
