import type { SignedRequest } from "../protocol/index.ts";
import { countTransferredBytes } from "./buffer-collection.ts";
import { crc32c } from "./crc32c.ts";
import { connectionFailure } from "./http.ts";
import type { Answer } from "./http.ts";
import { shortBody } from "./retry.ts";
import type { Failed } from "./with-retries.ts";

/** Bytes received of an object, or of a range of it. */
export interface Received {
  bytes: number;
  checksum: number;
}

export interface ReceiveOptions {
  readonly signed: () => SignedRequest;
  readonly signal: AbortSignal | undefined;
  /** Bytes to receive; undefined to receive the whole body. May shrink during the transfer. */
  readonly end: () => number | undefined;
  /** Length of the whole body; undefined if the store did not send it. */
  readonly expected: () => number | undefined;
  readonly write: (chunk: Buffer, position: number) => Promise<void>;
  /** Called before a chunk is written, with the position of its end. */
  readonly before?: (upTo: number) => void;
  readonly after: () => void;
}

/**
 * Writes a response's body, and counts its bytes and checksum.
 *
 * @returns the failure if the body ended too early
 *
 * @throws TransferError as thrown by `write`
 */
export async function receive(
  answer: Answer,
  received: Received,
  options: ReceiveOptions,
): Promise<Failed | undefined> {
  const { signed, signal, end, expected, write, before, after } = options;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      before?.(received.bytes + chunk.length);
      const most = end();
      const own = most === undefined ? chunk : chunk.subarray(0, Math.max(0, most - received.bytes));
      await write(own, received.bytes);
      received.checksum = crc32c(own, received.checksum);
      received.bytes += own.length;
      countTransferredBytes(chunk.length);
      after();
      // Leaving the loop closes the stream: other connections fetch the rest.
      if (received.bytes >= (end() ?? Infinity)) return undefined;
    }
  } catch (error) {
    return connectionFailure(signed(), error, signal);
  }
  const wanted = end() ?? expected();
  if (wanted === undefined || received.bytes >= wanted) return undefined;
  return connectionFailure(signed(), { code: shortBody }, signal);
}
