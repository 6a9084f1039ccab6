import { describeRequest, TransferError } from "./errors.ts";
import { answerFailure, connectionFailure, send } from "./http.ts";
import type { Answer, TransferOptions } from "./http.ts";
import { receive } from "./receive.ts";
import type { Received } from "./receive.ts";
import type { RenewableRequest } from "./renewable-request.ts";
import { readWithRetries } from "./with-retries.ts";
import type { Failed, Outcome } from "./with-retries.ts";
import { isSameVersion, rangeOf, versionOf } from "./version.ts";
import type { Version } from "./version.ts";

/** Receives the bytes of an object in order. */
export interface Sink {
  /** Resolves when the sink can take more. */
  readonly write: (chunk: Buffer, position: number) => Promise<void>;
  /** Starts over at the first byte. @throws TransferError if the bytes already written cannot be discarded */
  readonly restart: () => Promise<void>;
}

/** A download from the first byte on: what was received so far, and of which version of the object. */
export interface SequentialDownload extends Received {
  version: Version | undefined;
  /** First byte that other connections fetch; undefined while there are none. */
  end: number | undefined;
}

export const newSequentialDownload = (): SequentialDownload => ({
  bytes: 0,
  checksum: 0,
  version: undefined,
  end: undefined,
});

export interface SequentialDownloadOptions extends TransferOptions {
  /** Called once per response with a body. */
  readonly onVersion?: (version: Version, answer: Answer) => void;
  /** Called before bytes are written, so that no other connection fetches them. */
  readonly claim?: (upTo: number) => void;
}

/**
 * Downloads an object from its first byte to its last, or to the first byte that another connection fetches. A broken
 * stream is resumed with a range request, provided that the store still serves the same version.
 *
 * @throws TransferError
 */
export async function downloadSequentially(
  source: RenewableRequest,
  sequential: SequentialDownload,
  sink: Sink,
  options: SequentialDownloadOptions,
): Promise<void> {
  await readWithRetries(
    source,
    options,
    () => sequential.bytes,
    () => attempt(source, sequential, sink, options),
  );
}

async function attempt(
  source: RenewableRequest,
  sequential: SequentialDownload,
  sink: Sink,
  options: SequentialDownloadOptions,
): Promise<Outcome<undefined> | Failed> {
  const signed = source.signed();
  if (isAtEnd(sequential)) return { value: undefined };
  // A signed range cannot be shortened, and an object without an ETag or generation may have changed.
  const mayResume =
    sequential.bytes > 0 && sequential.version?.isResumable === true && !("range" in signed.headers);
  if (!mayResume) await restart(sequential, sink);
  const headers = sequential.bytes > 0 ? { range: `bytes=${sequential.bytes}-` } : {};
  let answer: Answer;
  try {
    answer = await send(signed, headers, null, options);
  } catch (error) {
    return connectionFailure(signed, error, options.signal);
  }
  if (!(await isContent(source, sequential, sink, answer))) return answerFailure(signed, answer);
  sequential.version ??= versionOf(answer);
  options.onVersion?.(sequential.version, answer);
  const failed = await receive(answer, sequential, {
    signed: source.signed,
    signal: options.signal,
    end: () => sequential.end,
    expected: () => sequential.version?.size,
    write: sink.write,
    ...(options.claim && { before: options.claim }),
    after: () => options.onProgress?.({ bytes: sequential.bytes, totalBytes: sequential.version?.size }),
  });
  return failed ?? { value: undefined };
}

async function restart(sequential: SequentialDownload, sink: Sink): Promise<void> {
  await sink.restart();
  sequential.bytes = 0;
  sequential.checksum = 0;
  // Other connections have fetched parts of this version.
  if (sequential.end === undefined) sequential.version = undefined;
}

/** Whether the response continues the download. Starts the download over if the store ignored the range. */
async function isContent(
  source: RenewableRequest,
  sequential: SequentialDownload,
  sink: Sink,
  answer: Answer,
): Promise<boolean> {
  const { statusCode: status } = answer;
  const { version } = sequential;
  const signed = source.signed();
  if (version === undefined) return status === 200 || (status === 206 && "range" in signed.headers);
  if (status !== 200 && status !== 206 && status !== 416) return false;
  const range = rangeOf(answer);
  const goesOn =
    status === 206
      ? range?.start === sequential.bytes && (range.total ?? version.size) === (version.size ?? range.total)
      : status === 200;
  if (!goesOn || !isSameVersion(version, versionOf(answer))) {
    answer.body.on("error", () => undefined).destroy();
    throw new TransferError(
      "object-changed",
      `${describeRequest(signed)} served another version of the object after the connection broke.`,
      status,
    );
  }
  if (status === 200 && sequential.bytes > 0) await restart(sequential, sink);
  return true;
}

const isAtEnd = ({ bytes, end }: SequentialDownload): boolean => end !== undefined && bytes >= end;
