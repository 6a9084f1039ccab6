import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { passedBytes } from "./collect.ts";
import { crc32c } from "./crc32c.ts";
import { fileError, TransferError } from "./errors.ts";
import type { TransferOptions } from "./http.ts";

/** A range of a file to be sent. */
export interface FileRange {
  readonly handle: FileHandle;
  /** For messages. */
  readonly file: string;
  readonly start: number;
  readonly size: number;
}

/** A range being sent: how far the running try has come. */
export interface Outgoing extends FileRange {
  sent: number;
  checksum: number;
  /** Why the file could not be read. */
  error: unknown;
}

export const outgoing = (range: FileRange): Outgoing => ({
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
    if (!stats.isFile()) throw new TransferError("file", `Could not read ${file}: it is no regular file.`);
    return await work(handle, stats.size);
  } finally {
    await handle.close();
  }
}

/** The bytes of the range, counted and summed as they are taken. */
export async function* chunksOf(range: Outgoing, options: TransferOptions): AsyncGenerator<Buffer> {
  while (range.sent < range.size) {
    // Only what the file is to blame for: the HTTP client throws its own failures into a body that it gives up.
    const chunk = await readAt(range, range.sent).catch((error: unknown) => {
      range.error = error;
      throw error;
    });
    range.checksum = crc32c(chunk, range.checksum);
    range.sent += chunk.length;
    passedBytes(chunk.length);
    yield chunk;
    options.onProgress?.({ bytes: range.sent, totalBytes: range.size });
  }
}

/** A new buffer each time: the socket may hold the last one still. */
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

/** CRC32C of the whole range, whose last try the store may have answered before all of it was read. */
export async function checksumOf(range: FileRange): Promise<number> {
  let checksum = 0;
  for (let position = 0; position < range.size;) {
    const chunk = await readAt(range, position);
    checksum = crc32c(chunk, checksum);
    position += chunk.length;
  }
  return checksum;
}
