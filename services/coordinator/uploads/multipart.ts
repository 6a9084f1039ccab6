import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type {
  MultipartAbortRequest,
  MultipartCompleteRequest,
  MultipartPartsRequest,
  MultipartPartsResponse,
  MultipartStartRequest,
  MultipartStartResponse,
} from "../../protocol/index.ts";
import { planParts } from "../../transfer/index.ts";
import { inForce } from "../leases/leases.ts";
import { writerMetadataOf } from "../attempt-place.ts";
import { keyOf, placeOf } from "../stores/media-stores.ts";
import { requireRunning, requireCurrentAttempt } from "../jobs/current-attempt.ts";
import { Problem } from "../problem.ts";
import type { Broker } from "../ports.ts";
import { signParts as signAllParts } from "../signing/sign-requests.ts";

const uploadSchema = z.strictObject({ uri: z.string().min(1), id: z.string().min(1) });
type Upload = z.infer<typeof uploadSchema>;

/** Bound to the lease's attempt, so that it is of no use under another one. */
const macOf = (key: Uint8Array, holder: { job: string; attempt: number }, payload: string): string =>
  createHmac("sha256", key)
    .update(`mpegflow-upload\nv1\n${holder.job}\n${holder.attempt}\n${payload}`)
    .digest("base64url");

function issueUpload(broker: Broker, holder: { job: string; attempt: number }, upload: Upload): string {
  const payload = Buffer.from(JSON.stringify(upload)).toString("base64url");
  return `${payload}.${macOf(broker.leaseKey, holder, payload)}`;
}

function readUpload(
  broker: Broker,
  holder: { job: string; attempt: number; outputs: string },
  text: string,
): Upload {
  const [payload = "", mac = ""] = text.split(".");
  const expected = Buffer.from(macOf(broker.leaseKey, holder, payload));
  const given = Buffer.from(mac);
  if (text === `${payload}.${mac}` && expected.length === given.length && timingSafeEqual(expected, given)) {
    const parsed = uploadSchema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString()));
    if (parsed.success && parsed.data.uri.startsWith(holder.outputs)) return parsed.data;
  }
  throw new Problem(400, "upload-unknown", "This is no upload of the lease's attempt; start one.");
}

/** Starts the upload of one output in parts: for outputs that a single request should not carry. */
export async function startMultipart(
  broker: Broker,
  jobId: string,
  token: string,
  { name, contentType, size }: MultipartStartRequest,
): Promise<MultipartStartResponse> {
  const claims = inForce(broker, jobId, token);
  const uri = `${claims.outputs}${name}`;
  const { objects, object } = placeOf(broker, uri);
  const plan = planOf(size);
  await requireRunning(broker, claims);
  const id = await objects.multipart.start(
    object,
    contentType,
    await keyOf(broker, claims.outputKey),
    writerMetadataOf(claims.outputs),
  );
  broker.log.info({ job: jobId, attempt: claims.attempt, object: uri, size }, "started a multipart upload");
  return { upload: issueUpload(broker, claims, { uri, id }), partBytes: plan };
}

function planOf(size: number): number {
  try {
    const plan = planParts(size, { multipartFrom: 0 });
    return plan.kind === "multipart" ? plan.partBytes : Math.max(1, size);
  } catch (error) {
    if (error instanceof RangeError) throw new Problem(400, "output-too-large", error.message);
    throw error;
  }
}

export async function signParts(
  broker: Broker,
  jobId: string,
  token: string,
  { upload, parts }: MultipartPartsRequest,
): Promise<MultipartPartsResponse> {
  const claims = inForce(broker, jobId, token);
  const { uri, id } = readUpload(broker, claims, upload);
  await requireCurrentAttempt(broker, claims);
  return { parts: await signAllParts(broker, claims, { uri, uploadId: id }, parts) };
}

/** Makes the object, unless there is one of its name: that decides, as it does for a repetition. Safe to repeat. */
export async function completeMultipart(
  broker: Broker,
  jobId: string,
  token: string,
  { upload, parts, size, crc32c }: MultipartCompleteRequest,
): Promise<Record<string, never>> {
  const claims = inForce(broker, jobId, token);
  const { uri, id } = readUpload(broker, claims, upload);
  const { objects, object } = placeOf(broker, uri);
  const numbers = parts.map(({ number }) => number);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0)))
    throw new Problem(400, "invalid-request", "parts: must be in ascending order, each number once");
  await requireRunning(broker, claims);
  const key = await keyOf(broker, claims.outputKey);
  const look = async () => (await objects.list(object, key)).find((one) => one.name === object);
  const there = await look();
  const done = there === undefined && (await objects.multipart.complete(object, id, parts));
  const found = there ?? (await look());
  // Gone is what a repetition finds too: the object decides.
  if (found === undefined)
    throw new Problem(
      409,
      "upload-gone",
      `The upload of ${object} is ${done ? "not visible yet" : "gone"}; start it again.`,
    );
  if (found.size !== size || (found.crc32c !== undefined && found.crc32c !== crc32c))
    throw new Problem(
      409,
      "upload-mismatch",
      `${object} has ${found.size} bytes with CRC32C ${found.crc32c ?? "unknown"}, not ${size} with ${crc32c}; start it again under another attempt.`,
    );
  return {};
}

export async function abortMultipart(
  broker: Broker,
  jobId: string,
  token: string,
  { upload }: MultipartAbortRequest,
): Promise<Record<string, never>> {
  const { uri, id } = readUpload(broker, inForce(broker, jobId, token), upload);
  const { objects, object } = placeOf(broker, uri);
  await objects.multipart.abort(object, id);
  return {};
}
