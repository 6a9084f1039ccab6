import { z } from "zod";
import { storeError } from "../transfer/index.ts";
import { Problem } from "./problem.ts";

const googleError = z.object({
  code: z.coerce.number(),
  errors: z.array(z.object({ reason: z.string() })).optional(),
});
const plainError = z.object({ status: z.coerce.number() });
const awsError = z.object({ name: z.string(), $metadata: z.object({ httpStatusCode: z.number() }) });

/** Of a store's refusals, those that the next look would meet again; 401 is a credential that is being renewed. */
const lasting = [400, 403, 405];

/**
 * Why a look at a job's input failed, where waiting for it helps nobody: the end of a sentence.
 *
 * @returns undefined for what passes: 5xx, 429, broken connections, an object that is not replicated yet
 */
export function lastingRefusal(error: unknown): string | undefined {
  if (error instanceof Problem)
    return error.status >= 400 && error.status < 500 && error.status !== 429
      ? `the coordinator refuses it: ${error.message.replace(/\.$/, "")}`
      : undefined;
  const aws = awsError.safeParse(error).data;
  const google = googleError.safeParse(error).data;
  const status =
    aws?.$metadata.httpStatusCode ?? plainError.safeParse(error).data?.status ?? google?.code ?? 0;
  const reason = aws?.name ?? google?.errors?.[0]?.reason;
  const known = storeError(aws === undefined ? "gcs-json" : "s3", status, reason);
  if (!lasting.includes(status) || known.retry !== "never") return undefined;
  if (status === 403)
    return "the store answers 403: the coordinator's identity may not read it; grant it that (storage.objects.get; with Amazon S3 s3:GetObject and s3:ListBucket)";
  return `the store answers ${status}: ${known.say}`;
}
