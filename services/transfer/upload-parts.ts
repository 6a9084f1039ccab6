import type { SignedRequest } from "../protocol/index.ts";
import { combineCrc32c, encodeCrc32c } from "./crc32c.ts";
import { abortedError, describeRequest, TransferError } from "./errors.ts";
import type { TransferOptions } from "./http.ts";
import { withFile } from "./outgoing-range.ts";
import { partOf } from "./part-plan.ts";
import { putRange } from "./put-range.ts";
import { renewableRequest } from "./renewable-request.ts";

/** A part to request a signed PUT for; the size is exact. */
export interface PartToSend {
  readonly number: number;
  readonly size: number;
}

export interface UploadedPart {
  readonly number: number;
  /** The store's ETag, needed to complete the upload. */
  readonly etag: string;
}

export interface UploadedParts {
  readonly bytes: number;
  /** Base64 CRC32C of the whole file. */
  readonly crc32c: string;
  /** In ascending order. */
  readonly parts: readonly UploadedPart[];
}

export interface PartsOptions extends TransferOptions {
  /** Bytes of every part but the last. */
  readonly partBytes: number;
  /** Parts sent concurrently. @default 4 */
  readonly connections?: number | undefined;
}

/** Parts to request signatures for at a time. Few, because a signed request expires within minutes. */
const signedAtOnce = 16;

/**
 * Sends a file as the parts of a multipart upload that the caller has started and will complete. Parts are streamed, so
 * memory does not grow with the file.
 *
 * @param sign requests signed PUTs, in the order of the parts
 * @throws TransferError
 */
export async function uploadParts(
  file: string,
  sign: (parts: readonly PartToSend[]) => Promise<readonly SignedRequest[]>,
  options: PartsOptions,
): Promise<UploadedParts> {
  const { partBytes, connections = 4, onProgress } = options;
  return withFile(file, async (handle, size) => {
    const failed = new AbortController();
    const signal =
      options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]);
    const count = Math.max(1, Math.ceil(size / partBytes));
    const sent = new Map<number, number>();
    const done = new Map<number, { etag: string; checksum: number }>();
    const next = requestsInBatches(count, size, partBytes, sign);

    const send = async (number: number, signed: SignedRequest): Promise<void> => {
      const { start, size: bytes } = partOf(size, partBytes, number);
      const renew = async (): Promise<SignedRequest> => firstRequest(await sign([{ number, size: bytes }]));
      const source = renewableRequest(signed, renew, () => 0);
      const put = await source.renewing(() =>
        putRange(
          source.signed(),
          { handle, file, start, size: bytes },
          {
            ...options,
            signal,
            onProgress: (progress) => {
              sent.set(number, progress.bytes);
              onProgress?.({ bytes: sum(sent.values()), totalBytes: size });
            },
          },
        ),
      );
      if (put.etag === undefined)
        throw new TransferError(
          "unexpected-answer",
          `${describeRequest(source.signed())} was answered without an ETag, which the completion needs.`,
        );
      sent.set(number, bytes);
      done.set(number, { etag: put.etag, checksum: put.checksum });
    };
    const lane = async (): Promise<void> => {
      try {
        for (let one = await next(); one !== undefined; one = await next()) {
          if (signal.aborted) throw abortedError(one.signed);
          await send(one.number, one.signed);
        }
      } catch (error) {
        failed.abort(error);
      }
    };
    await Promise.all(Array.from({ length: Math.min(connections, count) }, lane));
    if (failed.signal.aborted) throw failed.signal.reason;

    let checksum = 0;
    const parts: UploadedPart[] = [];
    for (let number = 1; number <= count; number += 1) {
      const part = done.get(number);
      if (part === undefined) throw new TransferError("unexpected-answer", `Part ${number} was not sent.`);
      checksum = combineCrc32c(checksum, part.checksum, partOf(size, partBytes, number).size);
      parts.push({ number, etag: part.etag });
    }
    return { bytes: size, crc32c: encodeCrc32c(checksum), parts };
  });
}

/** Hands out parts in order, each with its signed request. Callers wait while signatures are being requested. */
function requestsInBatches(
  count: number,
  size: number,
  partBytes: number,
  sign: (parts: readonly PartToSend[]) => Promise<readonly SignedRequest[]>,
): () => Promise<{ number: number; signed: SignedRequest } | undefined> {
  const ready: { number: number; signed: SignedRequest }[] = [];
  let asked = 0;
  let asking: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    const parts: PartToSend[] = [];
    while (parts.length < signedAtOnce && asked < count) {
      asked += 1;
      parts.push({ number: asked, size: partOf(size, partBytes, asked).size });
    }
    const signed = await sign(parts);
    for (const [index, { number }] of parts.entries())
      ready.push({ number, signed: requestAt(signed, index) });
  };
  return async () => {
    while (ready.length === 0 && (asked < count || asking !== undefined)) {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      await asking;
    }
    return ready.shift();
  };
}

function requestAt(signed: readonly SignedRequest[], index: number): SignedRequest {
  const one = signed[index];
  if (one === undefined)
    throw new TransferError("invalid-request", "The coordinator signed fewer parts than requested.");
  return one;
}

const firstRequest = (signed: readonly SignedRequest[]): SignedRequest => requestAt(signed, 0);

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
