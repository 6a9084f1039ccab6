import { createHash } from "node:crypto";
import type { JobRecord, JobRequest } from "../protocol/job.ts";
import type { Problem } from "./problem.ts";

/** Which of the jobs a client may see and submit. */
export interface Sight {
  /** Whether the ids that it gives its jobs are its own: nobody else's jobs can have them, or be told by them. */
  readonly isScoped: boolean;
  /** Records that a job of that id may have for it; the first is where a new job goes. */
  readonly recordIds: (jobId: string) => readonly [string, ...string[]];
  /** @param outputPrefix of the job */
  readonly sees: (outputPrefix: string) => boolean;
  /** Why the client may not submit the request, or undefined. */
  readonly refusal: (request: JobRequest) => Problem | undefined;
}

/** For those whom no rule limits, and for the coordinator itself. */
export const seesAll: Sight = {
  isScoped: false,
  recordIds: (jobId) => [jobId],
  sees: () => true,
  refusal: () => undefined,
};

/**
 * Id of the record of a client's job. Two clients that give one id have two records, so neither learns of the other.
 * Half a SHA-256 and more: nobody finds two that are alike.
 */
export const scopedId = (subject: string, jobId: string): string =>
  `c-${createHash("sha256").update(`${subject}\n${jobId}`).digest("hex").slice(0, 40)}`;

/** The id that a job has for its client, and in events. */
export const shownId = (record: JobRecord): string => record.submittedId ?? record.request.id;

/** A record as its client is shown it. */
export function shownTo(record: JobRecord): JobRecord {
  const { submittedId, ...rest } = record;
  return submittedId === undefined ? record : { ...rest, request: { ...record.request, id: submittedId } };
}
