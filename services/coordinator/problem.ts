/**
 * A refusal that the caller can understand and act on: it becomes an HTTP answer with this status and an
 * `errorResponseSchema` body. Everything else that is thrown is a fault of ours or of an upstream service.
 */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** When to try again, in seconds; undefined where that is not known, or of no use. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The store has the record and cannot give it: in an outage, what is not replicated yet is unavailable, not gone. */
export class RecordUnavailable extends Problem {
  constructor(jobId: string) {
    super(
      503,
      "record-unavailable",
      `The record of job ${jobId} cannot be read at the moment; try again later.`,
    );
    this.name = "RecordUnavailable";
  }
}

/** The refusal of a job whose keys would cross a network in clear. */
export const encryptionNeedsTls = (): Problem =>
  new Problem(
    403,
    "encryption-needs-tls",
    "This job has a customer-supplied key, which is not sent over a plain connection; use the coordinator's https:// address.",
  );

/** The lease went to another attempt, ended or lapsed: the worker must stop that attempt. */
export const leaseLost = (message: string): Problem => new Problem(409, "lease-lost", message);

/** What of an unknown thrown value may be shown in logs: its message, never a stack of somebody's secrets. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
