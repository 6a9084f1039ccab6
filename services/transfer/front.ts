import { describeRequest, TransferError } from "./errors.ts";
import { answerFailure, connectionFailure, send } from "./http.ts";
import type { Answer, TransferOptions } from "./http.ts";
import { receive } from "./receive.ts";
import type { Received } from "./receive.ts";
import { defaultRetryPolicy } from "./retry.ts";
import type { Source } from "./source.ts";
import { tryAgain } from "./try-again.ts";
import type { Failed, Outcome } from "./try-again.ts";
import { isSameVersion, rangeOf, versionOf } from "./version.ts";
import type { Version } from "./version.ts";

/** Where the bytes of an object go, from its first one on. */
export interface Sink {
  /** Resolves when more may come. */
  readonly write: (chunk: Buffer, position: number) => Promise<void>;
  /** Begins again with the first byte. @throws TransferError where what was written cannot be taken back */
  readonly restart: () => Promise<void>;
}

/** What has come so far, and of which version of the object. */
export interface Front extends Received {
  version: Version | undefined;
  /** Where others have taken over; undefined while nobody has. */
  end: number | undefined;
}

export const newFront = (): Front => ({ bytes: 0, checksum: 0, version: undefined, end: undefined });

export interface FrontOptions extends TransferOptions {
  /** Called once with each answer that brings bytes. */
  readonly onVersion?: (version: Version, answer: Answer) => void;
  /** Called before bytes are written, so that nobody else fetches them. */
  readonly claim?: (upTo: number) => void;
}

/**
 * Fetches an object from its first byte to its last, or to where others have taken over. A broken stream goes on with a
 * range request where it stopped, provided that the store still serves the same version.
 *
 * @throws TransferError
 */
export async function fetchFront(
  source: Source,
  front: Front,
  sink: Sink,
  options: FrontOptions,
): Promise<void> {
  await tryAgain({
    request: source.signed(),
    policy: { ...defaultRetryPolicy, ...options.retry },
    idempotent: true,
    signal: options.signal,
    progress: () => front.bytes,
    attempt: () => attempt(source, front, sink, options),
  });
}

async function attempt(
  source: Source,
  front: Front,
  sink: Sink,
  options: FrontOptions,
): Promise<Outcome<undefined> | Failed> {
  const signed = source.signed();
  if (isAtEnd(front)) return { value: undefined };
  // A signed range is the whole of what was asked for, and an unidentified version may be another one by now.
  const mayResume = front.bytes > 0 && front.version?.isResumable === true && !("range" in signed.headers);
  if (!mayResume) await restart(front, sink);
  const headers = front.bytes > 0 ? { range: `bytes=${front.bytes}-` } : {};
  let answer: Answer;
  try {
    answer = await send(signed, headers, null, options);
  } catch (error) {
    return connectionFailure(signed, error, options.signal);
  }
  if (!(await isContent(source, front, sink, answer))) return answerFailure(signed, answer);
  front.version ??= versionOf(answer);
  options.onVersion?.(front.version, answer);
  const failed = await receive(answer, front, {
    signed: source.signed,
    signal: options.signal,
    end: () => front.end,
    expected: () => front.version?.size,
    write: sink.write,
    ...(options.claim && { before: options.claim }),
    after: () => options.onProgress?.({ bytes: front.bytes, totalBytes: front.version?.size }),
  });
  return failed ?? { value: undefined };
}

async function restart(front: Front, sink: Sink): Promise<void> {
  await sink.restart();
  front.bytes = 0;
  front.checksum = 0;
  // What others have fetched is of this version.
  if (front.end === undefined) front.version = undefined;
}

/** Whether the answer's body goes on where `front` stands, which it moves to the start if the store ignored the range. */
async function isContent(source: Source, front: Front, sink: Sink, answer: Answer): Promise<boolean> {
  const { statusCode: status } = answer;
  const { version } = front;
  const signed = source.signed();
  if (version === undefined) return status === 200 || (status === 206 && "range" in signed.headers);
  if (status !== 200 && status !== 206 && status !== 416) return false;
  const range = rangeOf(answer);
  const goesOn =
    status === 206
      ? range?.start === front.bytes && (range.total ?? version.size) === (version.size ?? range.total)
      : status === 200;
  if (!goesOn || !isSameVersion(version, versionOf(answer))) {
    answer.body.on("error", () => undefined).destroy();
    throw new TransferError(
      "object-changed",
      `${describeRequest(signed)} served another version of the object after the connection broke.`,
      status,
    );
  }
  if (status === 200 && front.bytes > 0) await restart(front, sink);
  return true;
}

const isAtEnd = ({ bytes, end }: Front): boolean => end !== undefined && bytes >= end;
