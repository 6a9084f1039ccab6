import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { SignedRequest } from "../protocol/index.ts";
import { crc32c, encodeCrc32c } from "./crc32c.ts";
import { describeRequest, fileError, TransferError } from "./errors.ts";
import { answerFailure, connectionFailure, send } from "./http.ts";
import type { Answer, TransferOptions } from "./http.ts";
import { defaultRetryPolicy, shortBody } from "./retry.ts";
import { tryAgain } from "./try-again.ts";
import type { Failed, Outcome } from "./try-again.ts";
import { isSameVersion, rangeOf, versionOf } from "./version.ts";
import type { Version } from "./version.ts";

export interface Downloaded {
  readonly bytes: number;
  /** Base64 CRC32C of the file, compared with the store's where it sent one. */
  readonly crc32c: string;
  readonly etag: string | undefined;
  readonly generation: string | undefined;
}

/** What has been written so far, and of which version of the object. */
interface PartialFile {
  readonly handle: FileHandle;
  bytes: number;
  checksum: number;
  version: Version | undefined;
}

/**
 * Downloads an object to a file, which appears under its name only when it is complete and checked.
 *
 * Holds no more than a chunk in memory. A broken stream goes on with a range request where it stopped, provided that
 * the store still serves the same version. Size and CRC32C are checked against the store's headers where they apply.
 *
 * @param signed a GET
 * @param destination path in a folder that exists; a file of that name is replaced
 * @throws TransferError
 */
export async function download(
  signed: SignedRequest,
  destination: string,
  options: TransferOptions = {},
): Promise<Downloaded> {
  if (signed.method !== "GET")
    throw new TransferError(
      "invalid-request",
      `${describeRequest(signed)} is no download: it must be a GET.`,
    );
  const part = `${destination}.${randomUUID().slice(0, 8)}.part`;
  const handle = await open(part, "wx").catch((error: unknown) => {
    throw fileError("write", destination, error);
  });
  try {
    const partial: PartialFile = { handle, bytes: 0, checksum: 0, version: undefined };
    const downloaded = await tryAgain({
      request: signed,
      policy: { ...defaultRetryPolicy, ...options.retry },
      idempotent: true,
      signal: options.signal,
      progress: () => partial.bytes,
      attempt: () => attempt(signed, partial, options, destination),
    }).finally(() => handle.close());
    await rename(part, destination).catch((error: unknown) => {
      throw fileError("write", destination, error);
    });
    return downloaded;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function attempt(
  signed: SignedRequest,
  partial: PartialFile,
  options: TransferOptions,
  destination: string,
): Promise<Outcome<Downloaded> | Failed> {
  // A signed range is the whole of what was asked for, and an unidentified version may be another one by now.
  const mayResume =
    partial.bytes > 0 && partial.version?.isResumable === true && !("range" in signed.headers);
  if (!mayResume) await restart(partial);
  const headers = partial.bytes > 0 ? { range: `bytes=${partial.bytes}-` } : {};
  let answer: Answer;
  try {
    answer = await send(signed, headers, null, options);
  } catch (error) {
    return connectionFailure(signed, error, options.signal);
  }
  if (!(await isContent(signed, partial, answer))) return answerFailure(signed, answer);
  partial.version ??= versionOf(answer);
  const broken = await receive(signed, answer, partial, options, destination);
  return broken ?? { value: finish(signed, partial) };
}

async function restart(partial: PartialFile): Promise<void> {
  partial.bytes = 0;
  partial.checksum = 0;
  partial.version = undefined;
  await partial.handle.truncate();
}

/** Whether the answer's body goes on where `partial` stands, which it moves to the start if the store ignored the range. */
async function isContent(signed: SignedRequest, partial: PartialFile, answer: Answer): Promise<boolean> {
  const { statusCode: status } = answer;
  const { version } = partial;
  if (version === undefined) return status === 200 || (status === 206 && "range" in signed.headers);
  if (status !== 200 && status !== 206 && status !== 416) return false;
  const range = rangeOf(answer);
  const goesOn =
    status === 206
      ? range?.start === partial.bytes && (range.total ?? version.size) === (version.size ?? range.total)
      : status === 200;
  if (!goesOn || !isSameVersion(version, versionOf(answer))) {
    answer.body.on("error", () => undefined).destroy();
    throw new TransferError(
      "object-changed",
      `${describeRequest(signed)} served another version of the object after the connection broke.`,
      status,
    );
  }
  if (status === 200) await restart(partial);
  return true;
}

/** Writes the body to the file. Answers with the failure when the stream ends too early. */
async function receive(
  signed: SignedRequest,
  answer: Answer,
  partial: PartialFile,
  options: TransferOptions,
  destination: string,
): Promise<Failed | undefined> {
  const totalBytes = partial.version?.size;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      await append(partial, chunk).catch((error: unknown) => {
        throw fileError("write", destination, error);
      });
      options.onProgress?.({ bytes: partial.bytes, totalBytes });
    }
  } catch (error) {
    return connectionFailure(signed, error, options.signal);
  }
  if (totalBytes === undefined || partial.bytes >= totalBytes) return undefined;
  return connectionFailure(signed, { code: shortBody }, options.signal);
}

async function append(partial: PartialFile, chunk: Buffer): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const rest = chunk.length - written;
    const { bytesWritten } = await partial.handle.write(chunk, written, rest, partial.bytes + written);
    written += bytesWritten;
  }
  partial.checksum = crc32c(chunk, partial.checksum);
  partial.bytes += chunk.length;
}

function finish(signed: SignedRequest, { bytes, checksum, version }: PartialFile): Downloaded {
  const actual = encodeCrc32c(checksum);
  if (version?.size !== undefined && bytes !== version.size)
    throw new TransferError(
      "size-mismatch",
      `${describeRequest(signed)} sent ${bytes} bytes instead of the ${version.size} announced.`,
    );
  const isWhole = !("range" in signed.headers);
  if (isWhole && version?.crc32c !== undefined && version.crc32c !== actual)
    throw new TransferError(
      "checksum-mismatch",
      `${describeRequest(signed)} arrived damaged: CRC32C ${actual} instead of ${version.crc32c}.`,
    );
  return { bytes, crc32c: actual, etag: version?.etag, generation: version?.generation };
}
