import { randomBytes } from "node:crypto";
import type { JobRecord } from "../protocol/index.ts";

/**
 * Where an attempt writes, and how its objects are identified.
 *
 * Its folder is named by job, attempt and an unguessable part that is drawn when the attempt is leased and kept in the
 * job's record: no request can name it in advance, and requests that contain such a name are refused. Every upload
 * carries the folder's name as custom metadata. Its header is signed, so a worker can neither leave it out nor choose
 * it, and clean-up removes nothing without it.
 */

/** Name of the custom metadata that says which attempt an object was signed for. */
export const writerMetadata = "mpegflow-attempt";

/** 96 bits: a record may hold some 200 of them and still fit in its object's metadata (`record-metadata.ts`). */
export const newAttemptId = (): string => randomBytes(12).toString("hex");

const folderPattern = /^[a-z0-9][a-z0-9-]{0,62}\.\d{1,6}\.[0-9a-f]{24}$/;

/** Whether a segment of an object name has the form of an attempt's folder. */
export const isAttemptFolder = (segment: string): boolean => folderPattern.test(segment);

/** Longest of an attempt's folder with its slash, in bytes. */
export const longestFolder = 63 + 1 + 6 + 1 + 24 + 1;

/**
 * Address below which an attempt writes, ending in /. An attempt without an id was leased by a release that wrote below
 * `{outputPrefix}{attempt}/`, which other jobs may share.
 */
export function attemptPrefix(record: JobRecord, attempt: number): string {
  const { id, outputPrefix } = record.request;
  const drawn = record.attemptIds[String(attempt)];
  return `${outputPrefix}${drawn === undefined ? attempt : `${id}.${attempt}.${drawn}`}/`;
}

/**
 * Value of {@link writerMetadata} for the objects of an attempt.
 *
 * @param outputs address below which the attempt writes
 * @returns undefined for an attempt whose folder is not its own alone
 */
export function writerOf(outputs: string): string | undefined {
  const folder = outputs.split("/").at(-2) ?? "";
  return isAttemptFolder(folder) ? folder : undefined;
}

/** Custom metadata for the uploads of an attempt. */
export function writerMetadataOf(outputs: string): Readonly<Record<string, string>> | undefined {
  const writer = writerOf(outputs);
  return writer === undefined ? undefined : { [writerMetadata]: writer };
}

/** Adds the id of a new attempt to those of earlier attempts. */
export const withAttemptId = (
  record: JobRecord,
  attempt: number,
  drawn: string,
): JobRecord["attemptIds"] => ({
  ...record.attemptIds,
  [String(attempt)]: drawn,
});

/** Removes the id of an attempt that was never leased: its number is free again. */
export function withoutAttemptId(record: JobRecord, attempt: number): JobRecord["attemptIds"] {
  return Object.fromEntries(Object.entries(record.attemptIds).filter(([one]) => one !== String(attempt)));
}
