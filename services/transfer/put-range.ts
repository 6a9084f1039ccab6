import { Readable } from "node:stream";
import type { SignedRequest } from "../protocol/index.ts";
import { crc32cOf, encodeCrc32c } from "./crc32c.ts";
import { describeRequest, fileError, TransferError } from "./errors.ts";
import { answerFailure, connectionFailure, headerOf, send } from "./http.ts";
import type { Answer } from "./http.ts";
import { checksumOf, chunksOf, newOutgoingRange } from "./outgoing-range.ts";
import type { FileRange, OutgoingRange } from "./outgoing-range.ts";
import { defaultRetryPolicy } from "./retry.ts";
import { withRetries } from "./with-retries.ts";
import type { Failed, Outcome } from "./with-retries.ts";
import type { UploadOptions } from "./upload-options.ts";

export interface Put {
  readonly checksum: number;
  /** As in `Uploaded`. */
  readonly created: boolean;
  readonly etag: string | undefined;
  readonly generation: string | undefined;
}

/** Sends a range of a file with one PUT of exact length. @throws TransferError */
export async function putRange(
  signed: SignedRequest,
  range: FileRange,
  options: UploadOptions,
): Promise<Put> {
  checkLength(signed, range);
  return withRetries({
    request: signed,
    policy: { ...defaultRetryPolicy, ...options.retry },
    idempotent: options.idempotent ?? isIdempotent(signed),
    signal: options.signal,
    progress: () => 0,
    attempt: (ambiguous) => attempt(signed, range, options, ambiguous),
  });
}

function checkLength(signed: SignedRequest, { file, size }: FileRange): void {
  const declared = signed.headers["content-length"];
  if (declared === undefined || declared === String(size)) return;
  throw new TransferError(
    "size-mismatch",
    `${describeRequest(signed)} is signed for ${declared} bytes, but ${file} has ${size}.`,
  );
}

/** https://docs.cloud.google.com/storage/docs/retry-strategy#idempotency-operations; a part replaces the part of its number. */
function isIdempotent({ headers, url }: SignedRequest): boolean {
  if (["x-goog-if-generation-match", "if-match", "if-none-match"].some((name) => name in headers))
    return true;
  const query = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  return query.has("partNumber") && query.has("uploadId");
}

function isCreateOnly({ headers }: SignedRequest): boolean {
  return headers["x-goog-if-generation-match"] === "0" || headers["if-none-match"] === "*";
}

async function attempt(
  signed: SignedRequest,
  range: FileRange,
  options: UploadOptions,
  ambiguous: boolean,
): Promise<Outcome<Put> | Failed> {
  const out = newOutgoingRange(range);
  const body = range.size === 0 ? null : Readable.from(chunksOf(out, options), { objectMode: false });
  let answer: Answer;
  try {
    answer = await send(signed, { "content-length": String(range.size) }, body, options);
  } catch (error) {
    if (out.error !== undefined) throw fileError("read", range.file, out.error);
    return connectionFailure(signed, error, options.signal);
  }
  const status = answer.statusCode;
  if (status >= 200 && status < 300) return { value: await confirm(signed, answer, out) };
  const failed = await answerFailure(signed, answer);
  if (status !== 412 || !ambiguous || !isCreateOnly(signed)) return failed;
  const checksum = await checksumOf(range);
  return { value: { checksum, created: false, etag: undefined, generation: undefined } };
}

async function confirm(signed: SignedRequest, answer: Answer, out: OutgoingRange): Promise<Put> {
  // The headers say everything; a body that is cut short does not matter.
  await answer.body.dump().catch(() => undefined);
  const request = describeRequest(signed);
  if (out.sent !== out.size)
    throw new TransferError(
      "unexpected-answer",
      `${request} was answered ${answer.statusCode} before the file had been sent.`,
      answer.statusCode,
    );
  const sent = encodeCrc32c(out.checksum);
  const stored = crc32cOf(answer.headers["x-goog-hash"]);
  if (stored !== undefined && stored !== sent)
    throw new TransferError(
      "checksum-mismatch",
      `${request} was stored damaged: CRC32C ${stored} instead of ${sent}.`,
      answer.statusCode,
    );
  return {
    checksum: out.checksum,
    created: true,
    etag: headerOf(answer, "etag"),
    generation: headerOf(answer, "x-goog-generation"),
  };
}
