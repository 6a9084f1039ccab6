import type { BucketRecord } from "./bucket-schema.ts";
import { held } from "./errors.ts";
import type { ObjectFields, ObjectRecord } from "./object-schema.ts";

/** The class of a new object. */
export function storageClassOf(fields: ObjectFields, bucket: BucketRecord): ObjectRecord["storageClass"] {
  // Autoclass starts every object in Standard, regardless of the request.
  if (bucket.settings.autoclass?.enabled === true) return "STANDARD";
  return fields.storageClass ?? bucket.settings.storageClass ?? "STANDARD";
}

/** @throws where a hold or the bucket's retention period keeps a generation from ending */
export function refuseWhileHeld(record: ObjectRecord, bucket: BucketRecord, now: Date): void {
  const what = `Object '${record.bucket}/${record.name}'`;
  if (record.temporaryHold === true || record.eventBasedHold === true) {
    throw held(
      "objectUnderActiveHold",
      `${what} is under active hold and cannot be deleted, overwritten or archived.`,
    );
  }
  const seconds = bucket.settings.retentionPolicy?.retentionPeriod;
  if (seconds === undefined) return;
  const until = new Date(Date.parse(record.timeCreated) + Number(seconds) * 1000);
  if (now < until) {
    throw held(
      "retentionPolicyNotMet",
      `${what} is subject to bucket's retention policy and cannot be deleted, overwritten or archived until ${until.toISOString()}.`,
    );
  }
}
