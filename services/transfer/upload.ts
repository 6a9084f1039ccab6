import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import type { SignedRequest } from "../protocol/index.ts";
import { crc32c, crc32cOf, encodeCrc32c } from "./crc32c.ts";
import { describeRequest, fileError, TransferError } from "./errors.ts";
import { answerFailure, connectionFailure, headerOf, send } from "./http.ts";
import type { Answer, TransferOptions } from "./http.ts";
import { defaultRetryPolicy } from "./retry.ts";
import { tryAgain } from "./try-again.ts";
import type { Failed, Outcome } from "./try-again.ts";

export interface UploadOptions extends TransferOptions {
  /**
   * Whether sending twice does no harm. True by itself for requests with a signed precondition and for multipart
   * parts; set it for a plain PUT to a name that nobody else writes. Without it such a PUT is repeated only when the
   * store cannot have stored anything.
   */
  readonly idempotent?: boolean | undefined;
}

export interface Uploaded {
  readonly bytes: number;
  /** Base64 CRC32C of what was sent. */
  readonly crc32c: string;
  /**
   * True when the store confirmed this very upload. False when a create-only upload found the object in place after
   * an earlier try had ended without an answer: it is most likely that try's, and whoever may read the object has to
   * compare its size and CRC32C before relying on it. Only the signer may: a PUT's URL cannot read.
   */
  readonly created: boolean;
  readonly etag: string | undefined;
  readonly generation: string | undefined;
}

/** A file being sent: how far the running try has come. */
interface Outgoing {
  readonly handle: FileHandle;
  readonly size: number;
  sent: number;
  checksum: number;
  /** Why the file could not be read. */
  error: unknown;
}

const chunkSize = 262_144;

/**
 * Uploads a file with one PUT of exact length. Holds no more than a few chunks in memory.
 *
 * @param signed a PUT; a signed `content-length` must be the file's size
 * @throws TransferError; `precondition-failed` when the object was there before the first try
 */
export async function upload(
  signed: SignedRequest,
  file: string,
  options: UploadOptions = {},
): Promise<Uploaded> {
  if (signed.method !== "PUT")
    throw new TransferError("invalid-request", `${describeRequest(signed)} is no upload: it must be a PUT.`);
  const handle = await open(file).catch((error: unknown) => {
    throw fileError("read", file, error);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new TransferError("file", `Could not read ${file}: it is no regular file.`);
    checkLength(signed, file, stats.size);
    return await tryAgain({
      request: signed,
      policy: { ...defaultRetryPolicy, ...options.retry },
      idempotent: options.idempotent ?? isIdempotent(signed),
      signal: options.signal,
      progress: () => 0,
      attempt: (ambiguous) => attempt(signed, { handle, file, size: stats.size }, options, ambiguous),
    });
  } finally {
    await handle.close();
  }
}

function checkLength(signed: SignedRequest, file: string, size: number): void {
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
  { handle, file, size }: { handle: FileHandle; file: string; size: number },
  options: UploadOptions,
  ambiguous: boolean,
): Promise<Outcome<Uploaded> | Failed> {
  const outgoing: Outgoing = { handle, size, sent: 0, checksum: 0, error: undefined };
  const body = size === 0 ? null : Readable.from(chunksOf(outgoing, options), { objectMode: false });
  let answer: Answer;
  try {
    answer = await send(signed, { "content-length": String(size) }, body, options);
  } catch (error) {
    if (outgoing.error !== undefined) throw fileError("read", file, outgoing.error);
    return connectionFailure(signed, error, options.signal);
  }
  const status = answer.statusCode;
  if (status >= 200 && status < 300) return { value: await confirm(signed, answer, outgoing) };
  const failed = await answerFailure(signed, answer);
  if (status !== 412 || !ambiguous || !isCreateOnly(signed)) return failed;
  const checksum = await checksumOf(outgoing);
  return { value: { bytes: size, crc32c: checksum, created: false, etag: undefined, generation: undefined } };
}

async function* chunksOf(outgoing: Outgoing, options: TransferOptions): AsyncGenerator<Buffer> {
  try {
    while (outgoing.sent < outgoing.size) {
      const chunk = await readAt(outgoing, outgoing.sent);
      outgoing.checksum = crc32c(chunk, outgoing.checksum);
      outgoing.sent += chunk.length;
      yield chunk;
      options.onProgress?.({ bytes: outgoing.sent, totalBytes: outgoing.size });
    }
  } catch (error) {
    outgoing.error = error;
    throw error;
  }
}

/** A new buffer each time: the socket may hold the last one still. */
async function readAt({ handle, size }: Outgoing, position: number): Promise<Buffer> {
  const length = Math.min(chunkSize, size - position);
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
  if (bytesRead === 0)
    throw new TransferError("file", `The file to upload shrank to ${position} bytes while it was read.`);
  return buffer.subarray(0, bytesRead);
}

async function confirm(signed: SignedRequest, answer: Answer, outgoing: Outgoing): Promise<Uploaded> {
  // The answer's head tells everything; a body cut short takes nothing away from it.
  await answer.body.dump().catch(() => undefined);
  const request = describeRequest(signed);
  if (outgoing.sent !== outgoing.size)
    throw new TransferError(
      "unexpected-answer",
      `${request} was answered ${answer.statusCode} before the file had been sent.`,
      answer.statusCode,
    );
  const sent = encodeCrc32c(outgoing.checksum);
  const stored = crc32cOf(answer.headers["x-goog-hash"]);
  if (stored !== undefined && stored !== sent)
    throw new TransferError(
      "checksum-mismatch",
      `${request} was stored damaged: CRC32C ${stored} instead of ${sent}.`,
      answer.statusCode,
    );
  return {
    bytes: outgoing.size,
    crc32c: sent,
    created: true,
    etag: headerOf(answer, "etag"),
    generation: headerOf(answer, "x-goog-generation"),
  };
}

/** Of the whole file, whose last try the store may have answered before all of it was read. */
async function checksumOf(outgoing: Outgoing): Promise<string> {
  let checksum = 0;
  for (let position = 0; position < outgoing.size;) {
    const chunk = await readAt(outgoing, position);
    checksum = crc32c(chunk, checksum);
    position += chunk.length;
  }
  return encodeCrc32c(checksum);
}
