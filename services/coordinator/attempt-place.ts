import { randomBytes } from "node:crypto";
import type { JobRecord } from "../protocol/index.ts";

/**
 * Where an attempt writes, and how what it wrote is told from everything else.
 *
 * Its folder is named by job, attempt and an unguessable part that is drawn when the attempt is leased and kept in the
 * job's record: no request can name it beforehand, and none that holds such a name is taken. Every upload carries the
 * folder's name as custom metadata. Its header is signed, so a worker can neither leave it out nor choose it, and
 * clean-up removes nothing without it.
 */

/** Name of the custom metadata that says which attempt an object was signed for. */
export const writerMetadata = "mpegflow-attempt";

/** 96 bits: a record may hold some 200 of them and still fit in its object's metadata (`record-metadata.ts`). */
export const newAttemptId = (): string => randomBytes(12).toString("hex");

const folderPattern = /^[a-z0-9][a-z0-9-]{0,62}\.\d{1,6}\.[0-9a-f]{24}$/;

/** Whether a segment of an object name is what an attempt's folder is called. */
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
 * What the objects of an attempt carry as {@link writerMetadata}.
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

/** The id of the attempt that begins, beside those of the attempts before. */
export const withAttemptId = (
  record: JobRecord,
  attempt: number,
  drawn: string,
): JobRecord["attemptIds"] => ({
  ...record.attemptIds,
  [String(attempt)]: drawn,
});

/** Without the id of an attempt that nobody has heard of: its number is free again. */
export function withoutAttemptId(record: JobRecord, attempt: number): JobRecord["attemptIds"] {
  return Object.fromEntries(Object.entries(record.attemptIds).filter(([one]) => one !== String(attempt)));
}
