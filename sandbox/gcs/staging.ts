import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, mkdir, open, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { CRC32C_START, crc32cText, crc32cUpdate } from "./checksums.ts";
import { hashMismatch } from "./errors.ts";

/** A body on disk that is not an object yet. */
export interface Staged {
  readonly path: string;
  readonly size: number;
  /** Base64. */
  readonly crc32c: string;
  /** Base64; composed objects have none. */
  readonly md5Hash?: string;
  /** Lower-case hex; only where asked for. */
  readonly sha256?: string;
}

/** A body that is still growing. */
export interface Growing {
  readonly size: () => number;
  append(chunk: Uint8Array): Promise<void>;
  /** Holds no file open until the next chunk comes. */
  rest(): Promise<void>;
  finish(): Promise<Staged>;
  discard(): Promise<void>;
}

export interface HashOptions {
  /** @default false */
  readonly sha256?: boolean;
  /** @default true */
  readonly md5?: boolean;
}

export interface Staging {
  start(options?: HashOptions): Promise<Growing>;
  /** Streams a whole body to disk, hashing as it goes; nothing is left behind when the stream breaks. */
  receive(source: AsyncIterable<Uint8Array>, options?: HashOptions): Promise<Staged>;
  read(staged: Staged): AsyncIterable<Buffer>;
  /** A copy of a file whose hashes are known. */
  copy(file: string, hashes: Pick<Staged, "crc32c" | "md5Hash">): Promise<Staged>;
  discard(staged: Staged): Promise<void>;
}

/** Temporary bodies live below `directory`, which is emptied: nothing in it outlives the process that wrote it. */
export async function openStaging(directory: string): Promise<Staging> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });

  const start = async (options?: HashOptions): Promise<Growing> => {
    const file = path.join(directory, randomUUID());
    let handle: FileHandle | undefined;
    const opened = async (): Promise<FileHandle> => (handle ??= await open(file, "a"));
    const rest = async (): Promise<void> => {
      const open = handle;
      handle = undefined;
      await open?.close();
    };
    await opened();
    const md5 = options?.md5 === false ? undefined : createHash("md5");
    const sha256 = options?.sha256 === true ? createHash("sha256") : undefined;
    let crc = CRC32C_START;
    let size = 0;
    return {
      size: () => size,
      append: async (chunk) => {
        await (await opened()).appendFile(chunk);
        md5?.update(chunk);
        sha256?.update(chunk);
        crc = crc32cUpdate(crc, chunk);
        size += chunk.length;
      },
      rest,
      finish: async () => {
        await rest();
        return {
          path: file,
          size,
          crc32c: crc32cText(crc),
          ...(md5 && { md5Hash: md5.digest("base64") }),
          ...(sha256 && { sha256: sha256.digest("hex") }),
        };
      },
      discard: async () => {
        await rest();
        await rm(file, { force: true });
      },
    };
  };

  return {
    start,
    receive: async (source, options) => {
      const growing = await start(options);
      try {
        for await (const chunk of source) await growing.append(chunk);
      } catch (error) {
        await growing.discard();
        throw error;
      }
      return growing.finish();
    },
    read: (staged) => createReadStream(staged.path, { highWaterMark: 2 ** 20 }),
    copy: async (file, hashes) => {
      const target = path.join(directory, randomUUID());
      await copyFile(file, target, constants.COPYFILE_FICLONE);
      return { path: target, size: (await stat(target)).size, ...hashes };
    },
    discard: (staged) => rm(staged.path, { force: true }),
  };
}

/** Hashes that the sender promised. */
export interface ExpectedHashes {
  readonly md5Hash?: string | undefined;
  readonly crc32c?: string | undefined;
  readonly sha256?: string | undefined;
}

/** @throws {@link hashMismatch} when the bytes are not the ones that were promised */
export function checkHashes(staged: Staged, expected: ExpectedHashes): void {
  const pairs = [
    ["MD5", expected.md5Hash, staged.md5Hash],
    ["CRC32C", expected.crc32c, staged.crc32c],
    ["SHA256", expected.sha256, staged.sha256],
  ] as const;
  for (const [kind, given, found] of pairs) {
    if (given !== undefined && found !== undefined && given !== found) throw hashMismatch(kind, given, found);
  }
}
