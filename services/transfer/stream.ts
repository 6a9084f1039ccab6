import { PassThrough, type Readable } from "node:stream";
import { once } from "node:events";
import type { SignedRequest } from "../protocol/index.ts";
import { checkIsGet } from "./download.ts";
import { abortedError, describeRequest, TransferError } from "./errors.ts";
import { downloadSequentially, newSequentialDownload } from "./sequential-download.ts";
import type { TransferOptions } from "./http.ts";
import { renewableRequest } from "./renewable-request.ts";
import { verify } from "./verify.ts";

export interface StreamOptions extends TransferOptions {
  /** As in `download`. */
  readonly renew?: (() => Promise<SignedRequest>) | undefined;
  /** Bytes that may wait for the reader. @default 1 MiB */
  readonly highWaterMark?: number | undefined;
}

/**
 * Streams an object, for a reader that takes it from start to end: ffmpeg's standard input, where the container allows
 * that (`isStreamable`). Nothing is written to disk.
 *
 * A broken connection goes on where it stopped, unseen by the reader. Size and CRC32C are checked at the end: the stream
 * fails with a TransferError when they do not match, so **what was made of it counts only when the stream has ended
 * well**. Destroying the stream ends the transfer.
 *
 * @param first a GET
 * @throws TransferError for anything but a GET
 */
export function streamObject(first: SignedRequest, options: StreamOptions = {}): Readable {
  checkIsGet(first);
  const gone = new AbortController();
  const output = new PassThrough({ highWaterMark: options.highWaterMark ?? 2 ** 20 });
  output.once("close", () => {
    gone.abort();
  });
  void pump(first, output, {
    ...options,
    signal: options.signal === undefined ? gone.signal : AbortSignal.any([options.signal, gone.signal]),
  }).then(
    () => output.end(),
    (error: unknown) => output.destroy(error instanceof Error ? error : abortedError(first)),
  );
  return output;
}

async function pump(first: SignedRequest, output: PassThrough, options: StreamOptions): Promise<void> {
  const sequential = newSequentialDownload();
  const source = renewableRequest(first, options.renew, () => sequential.bytes);
  const sink = {
    write: async (chunk: Buffer): Promise<void> => {
      if (!output.write(chunk))
        await once(output, "drain", { signal: options.signal ?? new AbortController().signal });
    },
    restart: (): Promise<void> =>
      sequential.bytes === 0
        ? Promise.resolve()
        : Promise.reject(
            new TransferError(
              "connection-failed",
              `${describeRequest(first)} broke off after ${sequential.bytes} bytes, and the store cannot go on there; download it to a file instead.`,
            ),
          ),
  };
  await source.renewing(() => downloadSequentially(source, sequential, sink, options));
  verify(source.signed(), sequential);
}
