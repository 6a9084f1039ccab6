import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { SignedRequest } from "../protocol/index.ts";
import { describeRequest, fileError, TransferError } from "./errors.ts";
import { downloadSequentially, newSequentialDownload } from "./sequential-download.ts";
import type { SequentialDownload, Sink } from "./sequential-download.ts";
import { headerOf } from "./http.ts";
import type { Answer, TransferOptions } from "./http.ts";
import { piecesOf } from "./pieces.ts";
import type { Pieces } from "./pieces.ts";
import { renewableRequest } from "./renewable-request.ts";
import type { RenewableRequest } from "./renewable-request.ts";
import { md5ToCheck, verify, verifyMd5 } from "./verify.ts";
import type { Version } from "./version.ts";

export interface Downloaded {
  readonly bytes: number;
  /** Base64 CRC32C of the file, compared with the store's where it sent one. */
  readonly crc32c: string;
  readonly etag: string | undefined;
  readonly generation: string | undefined;
}

export interface DownloadOptions extends TransferOptions {
  /** Requests a fresh signed request for the same object when the URL has expired; bytes received so far are kept. */
  readonly renew?: (() => Promise<SignedRequest>) | undefined;
  /** Maximum number of connections. @default 4 */
  readonly connections?: number | undefined;
  /**
   * Bytes of the ranges that additional connections fetch; objects smaller than four ranges use one connection.
   * @default 16 MiB
   */
  readonly pieceBytes?: number | undefined;
}

/**
 * Downloads an object to a file, which appears under its name only when it is complete and checked.
 *
 * Large objects use several connections: one from the start, the others from the end, until they meet. Holds at most
 * one chunk per connection in memory. A broken stream is resumed with a range request, provided that the store still
 * serves the same version. Size and CRC32C, or else MD5, are checked against the store's headers where they apply.
 *
 * @param first a GET
 * @param destination path in a folder that exists; a file of that name is replaced
 * @throws TransferError
 */
export async function download(
  first: SignedRequest,
  destination: string,
  options: DownloadOptions = {},
): Promise<Downloaded> {
  checkIsGet(first);
  const part = `${destination}.${randomUUID().slice(0, 8)}.part`;
  const handle = await open(part, "wx+").catch((error: unknown) => {
    throw fileError("write", destination, error);
  });
  try {
    const downloaded = await receiveAll(first, handle, destination, options).finally(() => handle.close());
    await rename(part, destination).catch((error: unknown) => {
      throw fileError("write", destination, error);
    });
    return downloaded;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** @throws TransferError */
export function checkIsGet(signed: SignedRequest): void {
  if (signed.method === "GET") return;
  throw new TransferError("invalid-request", `${describeRequest(signed)} is no download: it must be a GET.`);
}

async function receiveAll(
  first: SignedRequest,
  handle: FileHandle,
  destination: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { connections = 4, pieceBytes = 16 * 2 ** 20, signal, onProgress } = options;
  const sequential = newSequentialDownload();
  const write = writerTo(handle, destination);
  const sink: Sink = { write, restart: () => restart(sequential, handle) };
  const received = (): number => sequential.bytes + (pieces?.received() ?? 0);
  const source = renewableRequest(first, options.renew, received);
  // The first failure aborts the other connections.
  const failed = new AbortController();
  const lanes: Promise<void>[] = [];
  let pieces: Pieces | undefined;
  const lane: TransferOptions = {
    ...options,
    signal: signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]),
    onProgress: () => onProgress?.({ bytes: received(), totalBytes: sequential.version?.size }),
  };
  const guarded = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      failed.abort(error);
    });

  const share = (version: Version, answer: Answer): void => {
    if (pieces !== undefined || connections < 2 || !canShare(first, version, answer, 4 * pieceBytes)) return;
    pieces = piecesOf(source, sequential, version.size, pieceBytes, lane);
    for (let more = 1; more < connections; more += 1) lanes.push(guarded(pieces.fetch(write)));
  };
  const claim = (upTo: number): void => pieces?.claim(upTo);
  await guarded(
    source.renewing(() =>
      downloadSequentially(source, sequential, sink, { ...lane, onVersion: share, claim }),
    ),
  );
  await Promise.all(lanes);
  if (failed.signal.aborted) throw failed.signal.reason;
  return finish(source, sequential, pieces, handle);
}

/** Whether ranges of this object can be verified to be of one version, and are large enough for more connections. */
function canShare(
  signed: SignedRequest,
  version: Version,
  answer: Answer,
  worth: number,
): version is Version & { size: number } {
  return (
    version.isResumable &&
    version.size !== undefined &&
    version.size >= worth &&
    !("range" in signed.headers) &&
    answer.statusCode === 200 &&
    headerOf(answer, "accept-ranges") === "bytes"
  );
}

/** The file keeps what other connections have written after the sequential part. */
async function restart(sequential: SequentialDownload, handle: FileHandle): Promise<void> {
  if (sequential.end === undefined) await handle.truncate();
}

const writerTo =
  (handle: FileHandle, destination: string) =>
  async (chunk: Buffer, position: number): Promise<void> => {
    try {
      for (let written = 0; written < chunk.length;) {
        const rest = chunk.length - written;
        const { bytesWritten } = await handle.write(chunk, written, rest, position + written);
        written += bytesWritten;
      }
    } catch (error) {
      throw fileError("write", destination, error);
    }
  };

async function finish(
  source: RenewableRequest,
  sequential: SequentialDownload,
  pieces: Pieces | undefined,
  handle: FileHandle,
): Promise<Downloaded> {
  const { version } = sequential;
  const signed = source.signed();
  const bytes = sequential.bytes + (pieces?.received() ?? 0);
  const checksum = pieces?.checksum() ?? sequential.checksum;
  const crc32c = verify(signed, { bytes, checksum, version });
  const md5 = md5ToCheck(signed, version);
  if (md5 !== undefined) await verifyMd5(signed, handle, md5);
  return { bytes, crc32c, etag: version?.etag, generation: version?.generation };
}
