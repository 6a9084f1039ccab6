import { createHash } from "node:crypto";
import type { JobRecord, JobRequest } from "../protocol/job.ts";
import type { Problem } from "./problem.ts";

/** The jobs that a client may see and submit. */
export interface AccessScope {
  /** Whether job ids are scoped to the client: no other client can use or discover them. */
  readonly isScoped: boolean;
  /** Ids of the records that a job with this id may have for the client; a new job uses the first. */
  readonly recordIds: (jobId: string) => readonly [string, ...string[]];
  /** @param outputPrefix of the job */
  readonly sees: (outputPrefix: string) => boolean;
  /** Why the client may not submit the request, or undefined. */
  readonly refusal: (request: JobRequest) => Problem | undefined;
}

/** For clients without rules, and for the coordinator itself. */
export const fullAccess: AccessScope = {
  isScoped: false,
  recordIds: (jobId) => [jobId],
  sees: () => true,
  refusal: () => undefined,
};

/**
 * Id of the record of a client's job. Clients that use the same job id have separate records, so neither learns of the
 * other. 160 bits of a SHA-256, so that collisions cannot be found.
 */
export const scopedId = (subject: string, jobId: string): string =>
  `c-${createHash("sha256").update(`${subject}\n${jobId}`).digest("hex").slice(0, 40)}`;

/** The id that the client gave the job, also used in events. */
export const shownId = (record: JobRecord): string => record.submittedId ?? record.request.id;

/** A record as its client sees it. */
export function shownTo(record: JobRecord): JobRecord {
  const { submittedId, ...rest } = record;
  return submittedId === undefined ? record : { ...rest, request: { ...record.request, id: submittedId } };
}
