import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { countTransferredBytes } from "./buffer-collection.ts";
import { crc32c } from "./crc32c.ts";
import { fileError, TransferError } from "./errors.ts";
import type { TransferOptions } from "./http.ts";

/** A range of a file to send. */
export interface FileRange {
  readonly handle: FileHandle;
  /** Path, for error messages. */
  readonly file: string;
  readonly start: number;
  readonly size: number;
}

/** A range being sent, with the progress of the current try. */
export interface OutgoingRange extends FileRange {
  sent: number;
  checksum: number;
  /** Why the file could not be read. */
  error: unknown;
}

export const newOutgoingRange = (range: FileRange): OutgoingRange => ({
  ...range,
  sent: 0,
  checksum: 0,
  error: undefined,
});

const chunkSize = 65_536;

/** Opens a regular file for `work`, and closes it after. @throws TransferError */
export async function withFile<T>(
  file: string,
  work: (handle: FileHandle, size: number) => Promise<T>,
): Promise<T> {
  const handle = await open(file).catch((error: unknown) => {
    throw fileError("read", file, error);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new TransferError("file", `Could not read ${file}: it is not a regular file.`);
    return await work(handle, stats.size);
  } finally {
    await handle.close();
  }
}

/** The bytes of the range; updates the count and the checksum as they are read. */
export async function* chunksOf(range: OutgoingRange, options: TransferOptions): AsyncGenerator<Buffer> {
  while (range.sent < range.size) {
    // Only errors of the file: the HTTP client throws its own errors into a body that it abandons.
    const chunk = await readAt(range, range.sent).catch((error: unknown) => {
      range.error = error;
      throw error;
    });
    range.checksum = crc32c(chunk, range.checksum);
    range.sent += chunk.length;
    countTransferredBytes(chunk.length);
    yield chunk;
    options.onProgress?.({ bytes: range.sent, totalBytes: range.size });
  }
}

/** Allocates a buffer each time, because the socket may still hold the last one. */
async function readAt({ handle, start, size }: FileRange, position: number): Promise<Buffer> {
  const length = Math.min(chunkSize, size - position);
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, start + position);
  if (bytesRead === 0)
    throw new TransferError(
      "file",
      `The file to upload shrank to ${start + position} bytes while it was read.`,
    );
  return buffer.subarray(0, bytesRead);
}

/** CRC32C of the whole range. Read again, because the store may have answered the last try before it was read to the end. */
export async function checksumOf(range: FileRange): Promise<number> {
  let checksum = 0;
  for (let position = 0; position < range.size;) {
    const chunk = await readAt(range, position);
    checksum = crc32c(chunk, checksum);
    position += chunk.length;
  }
  return checksum;
}
