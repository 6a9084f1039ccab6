import { combineCrc32c } from "./crc32c.ts";
import { describeRequest, TransferError } from "./errors.ts";
import type { SequentialDownload } from "./sequential-download.ts";
import { answerFailure, connectionFailure, send } from "./http.ts";
import type { Answer, TransferOptions } from "./http.ts";
import { receive } from "./receive.ts";
import type { Received } from "./receive.ts";
import type { RenewableRequest } from "./renewable-request.ts";
import { readWithRetries } from "./with-retries.ts";
import type { Failed, Outcome } from "./with-retries.ts";
import { isSameVersion, rangeOf, versionOf } from "./version.ts";

/** A range of the object that one connection fetches. */
interface Piece extends Received {
  readonly start: number;
  readonly size: number;
}

/** Pieces fetched from the end of an object backwards, while the sequential download runs from the start, until the two meet. */
export interface Pieces {
  /** Called by the sequential download before it writes: no piece will include the bytes up to `upTo`. */
  claim(upTo: number): void;
  received(): number;
  /** Fetches pieces until none is left; run once per connection. @throws TransferError */
  fetch(write: (chunk: Buffer, position: number) => Promise<void>): Promise<void>;
  /** CRC32C of the whole object: the sequential part and the pieces in order. */
  checksum(): number;
}

/** @param sequential must have a version with a size */
export function piecesOf(
  source: RenewableRequest,
  sequential: SequentialDownload,
  size: number,
  pieceBytes: number,
  options: TransferOptions,
): Pieces {
  const pieces: Piece[] = [];
  // The claim stays one piece ahead, so that the sequential download never reaches a piece that is being fetched.
  let claimed = Math.min(size, sequential.bytes + pieceBytes);
  sequential.end = size;
  const end = (): number => sequential.end ?? size;

  const next = (): Piece | undefined => {
    const start = Math.max(claimed, end() - pieceBytes);
    if (start >= end()) return undefined;
    const piece = { start, size: end() - start, bytes: 0, checksum: 0 };
    sequential.end = start;
    pieces.push(piece);
    return piece;
  };

  return {
    claim: (upTo) => {
      while (claimed < upTo && claimed < end()) claimed = Math.min(end(), claimed + pieceBytes);
    },
    received: () => pieces.reduce((sum, { bytes }) => sum + bytes, 0),
    fetch: async (write) => {
      for (let piece = next(); piece !== undefined; piece = next()) {
        const own = piece;
        await source.renewing(() => fetchPiece(source, sequential, own, write, options));
      }
    },
    checksum: () =>
      pieces
        .toSorted((a, b) => a.start - b.start)
        .reduce((sum, piece) => combineCrc32c(sum, piece.checksum, piece.size), sequential.checksum),
  };
}

async function fetchPiece(
  source: RenewableRequest,
  sequential: SequentialDownload,
  piece: Piece,
  write: (chunk: Buffer, position: number) => Promise<void>,
  options: TransferOptions,
): Promise<void> {
  await readWithRetries(
    source,
    options,
    () => piece.bytes,
    () => attempt(source, sequential, piece, write, options),
  );
}

async function attempt(
  source: RenewableRequest,
  sequential: SequentialDownload,
  piece: Piece,
  write: (chunk: Buffer, position: number) => Promise<void>,
  options: TransferOptions,
): Promise<Outcome<undefined> | Failed> {
  if (piece.bytes === piece.size) return { value: undefined };
  const signed = source.signed();
  const start = piece.start + piece.bytes;
  const range = `bytes=${start}-${piece.start + piece.size - 1}`;
  let answer: Answer;
  try {
    answer = await send(signed, { range }, null, options);
  } catch (error) {
    return connectionFailure(signed, error, options.signal);
  }
  const status = answer.statusCode;
  if (status !== 206 && status !== 200 && status !== 416) return answerFailure(signed, answer);
  if (status !== 206 || rangeOf(answer)?.start !== start || !isSame(sequential, answer)) {
    answer.body.on("error", () => undefined).destroy();
    throw new TransferError(
      "object-changed",
      `${describeRequest(signed)} served another version of the object while it was fetched in pieces.`,
      status,
    );
  }
  const failed = await receive(answer, piece, {
    signed: () => signed,
    signal: options.signal,
    end: () => piece.size,
    expected: () => piece.size,
    write: (chunk, position) => write(chunk, piece.start + position),
    after: () => options.onProgress?.({ bytes: 0, totalBytes: undefined }),
  });
  return failed ?? { value: undefined };
}

const isSame = ({ version }: SequentialDownload, answer: Answer): boolean =>
  version !== undefined && isSameVersion(version, versionOf(answer));
