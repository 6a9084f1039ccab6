import type { SignedRequest } from "../protocol/index.ts";
import { passedBytes } from "./collect.ts";
import { crc32c } from "./crc32c.ts";
import { connectionFailure } from "./http.ts";
import type { Answer } from "./http.ts";
import { shortBody } from "./retry.ts";
import type { Failed } from "./try-again.ts";

/** What has come of an object, or of a range of it. */
export interface Received {
  bytes: number;
  checksum: number;
}

/** Takes a body in. */
export interface Intake {
  readonly signed: () => SignedRequest;
  readonly signal: AbortSignal | undefined;
  /** Bytes after which the rest is nobody's here; undefined while the body's own end decides. May shrink meanwhile. */
  readonly end: () => number | undefined;
  /** Bytes that the body must have when its own end decides; undefined where the store named no length. */
  readonly expected: () => number | undefined;
  readonly write: (chunk: Buffer, position: number) => Promise<void>;
  /** Called before a chunk is written, with where it ends. */
  readonly before?: (upTo: number) => void;
  readonly after: () => void;
}

/**
 * Hands a body on, counted and summed. Answers with the failure when it ends too early.
 *
 * @throws what `write` throws as a TransferError
 */
export async function receive(
  answer: Answer,
  received: Received,
  intake: Intake,
): Promise<Failed | undefined> {
  const { signed, signal, end, expected, write, before, after } = intake;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      before?.(received.bytes + chunk.length);
      const most = end();
      const own = most === undefined ? chunk : chunk.subarray(0, Math.max(0, most - received.bytes));
      await write(own, received.bytes);
      received.checksum = crc32c(own, received.checksum);
      received.bytes += own.length;
      passedBytes(chunk.length);
      after();
      // Leaving the loop ends the stream: the rest is on its way by other connections.
      if (received.bytes >= (end() ?? Infinity)) return undefined;
    }
  } catch (error) {
    return connectionFailure(signed(), error, signal);
  }
  const wanted = end() ?? expected();
  if (wanted === undefined || received.bytes >= wanted) return undefined;
  return connectionFailure(signed(), { code: shortBody }, signal);
}
