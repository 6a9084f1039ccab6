import type { JobRequest } from "../protocol/job.ts";
import type { Problem } from "./problem.ts";

/** Which of the jobs a client may see and submit. */
export interface Sight {
  readonly sees: (request: JobRequest) => boolean;
  /** Why the client may not submit the request, or undefined. */
  readonly refusal: (request: JobRequest) => Problem | undefined;
}
