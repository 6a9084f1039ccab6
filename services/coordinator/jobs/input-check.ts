import { z } from "zod";
import { inputAccessDenied, type JobError, type JobRecord } from "../../protocol/index.ts";
import { storeError } from "../../transfer/index.ts";
import { refusal } from "./job-request.ts";
import { keyOf, placeOf } from "../stores/media-stores.ts";
import { messageOf, Problem } from "../problem.ts";
import type { Broker } from "../ports.ts";

export type InputProblem =
  | { readonly kind: "refused"; readonly error: JobError }
  /** The input is not gone: the store cannot say, or cannot give it, at the moment; or it refuses it, with a reason that may pass. */
  | { readonly kind: "unavailable"; readonly refusal?: JobError };

/** A reason why a job cannot run now, checked before an attempt is used. */
export async function checkInput(broker: Broker, record: JobRecord): Promise<InputProblem | undefined> {
  if (record.state !== "queued" && record.state !== "running") return undefined;
  const { request } = record;
  const refused = refusal(request, broker.settings);
  if (refused !== undefined) return { kind: "refused", error: refused };
  try {
    if (await isThere(broker, request)) return undefined;
  } catch (error) {
    return problemOfError(broker, request, error);
  }
  // The store is strongly consistent: this means that the object does not exist.
  return {
    kind: "refused",
    error: {
      code: "input-not-found",
      message: `There is no object ${request.input}; upload it and submit the job under a new id.`,
    },
  };
}

async function isThere(broker: Broker, request: JobRecord["request"]): Promise<boolean> {
  const { objects, object } = placeOf(broker, request.input);
  return objects.exists(object, await keyOf(broker, request.inputKeySecret));
}

function problemOfError(
  broker: Broker,
  { id, input, inputKeySecret }: JobRecord["request"],
  error: unknown,
): InputProblem {
  const refused = refusalOf(error);
  if (refused !== undefined && !refused.mayPass)
    return {
      kind: "refused",
      error: {
        code: "input-not-readable",
        message: `The input ${input} cannot be read, and waiting does not help: ${refused.because}; then submit the job under a new id.`,
      },
    };
  // In an outage of the region that wrote it, an object that is not replicated yet is unavailable, not gone:
  // https://docs.cloud.google.com/storage/docs/availability-durability
  broker.log.warn(
    { job: id, input, reason: messageOf(error) },
    refused === undefined
      ? "the input cannot be looked at; the job waits for it"
      : "the input is refused to the coordinator; the job waits for a grant that may be on its way",
  );
  if (refused === undefined) return { kind: "unavailable" };
  // For a wrong key Cloud Storage answers 400, S3 the same 403.
  const orKey =
    inputKeySecret === undefined || input.startsWith("gs://")
      ? ""
      : "; or inputKeySecret names another key than the object's";
  const message = `The input ${input} cannot be read: ${refused.because}${orKey}.`;
  return { kind: "unavailable", refusal: { code: inputAccessDenied, message } };
}

const googleError = z.object({
  code: z.coerce.number(),
  errors: z.array(z.object({ reason: z.string() })).optional(),
});
const plainError = z.object({ status: z.coerce.number() });
const awsError = z.object({ name: z.string(), $metadata: z.object({ httpStatusCode: z.number() }) });

/** Statuses of permanent refusals; 401 is a credential that is being renewed. */
const refusals = [400, 403, 405];

export interface Refusal {
  /** Rest of a sentence. */
  readonly because: string;
  /** Whether a grant would fix it, which may not have spread yet. */
  readonly mayPass: boolean;
}

/**
 * Why the check of a job's input was refused.
 *
 * @returns undefined for transient errors: 5xx, 429, broken connections, an object that is not replicated yet
 */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Problem)
    return error.status >= 400 && error.status < 500 && error.status !== 429
      ? { because: `the coordinator refuses it: ${error.message.replace(/\.$/, "")}`, mayPass: false }
      : undefined;
  const aws = awsError.safeParse(error).data;
  const google = googleError.safeParse(error).data;
  const status =
    aws?.$metadata.httpStatusCode ?? plainError.safeParse(error).data?.status ?? google?.code ?? 0;
  const reason = aws?.name ?? google?.errors?.[0]?.reason;
  const known = storeError(aws === undefined ? "gcs-json" : "s3", status, reason);
  if (!refusals.includes(status) || known.retry !== "never") return undefined;
  if (status !== 403) return { because: `the store answers ${status}: ${known.say}`, mayPass: false };
  return {
    because:
      "the store answers 403: the coordinator's identity may not read it; grant it that (storage.objects.get; with Amazon S3 s3:GetObject and s3:ListBucket), which takes minutes to spread",
    mayPass: true,
  };
}
