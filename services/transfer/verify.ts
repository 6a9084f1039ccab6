import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { SignedRequest } from "../protocol/index.ts";
import { encodeCrc32c } from "./crc32c.ts";
import { describeRequest, TransferError } from "./errors.ts";
import type { Version } from "./version.ts";

/** What arrived, to be compared with what the store announced. */
export interface ReceivedObject {
  readonly bytes: number;
  readonly checksum: number;
  readonly version: Version | undefined;
}

/**
 * Compares size and CRC32C.
 *
 * @returns the CRC32C, base64
 * @throws TransferError
 */
export function verify(signed: SignedRequest, { bytes, checksum, version }: ReceivedObject): string {
  const actual = encodeCrc32c(checksum);
  if (version?.size !== undefined && bytes !== version.size)
    throw new TransferError(
      "size-mismatch",
      `${describeRequest(signed)} sent ${bytes} bytes instead of the ${version.size} announced.`,
    );
  const isWhole = !("range" in signed.headers);
  if (isWhole && version?.crc32c !== undefined && version.crc32c !== actual)
    throw new TransferError(
      "checksum-mismatch",
      `${describeRequest(signed)} arrived damaged: CRC32C ${actual} instead of ${version.crc32c}.`,
    );
  return actual;
}

/** The MD5 to check by, where there is one and no CRC32C: S3 shows none unless asked to. */
export const md5ToCheck = (signed: SignedRequest, version: Version | undefined): string | undefined =>
  version?.crc32c === undefined && !("range" in signed.headers) ? version?.md5 : undefined;

/** Reads the file once more: the order in which pieces arrived is not the order of an MD5. @throws TransferError */
export async function verifyMd5(signed: SignedRequest, handle: FileHandle, expected: string): Promise<void> {
  const md5 = createHash("md5");
  const chunk = Buffer.allocUnsafe(2 ** 20);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    md5.update(chunk.subarray(0, bytesRead));
    position += bytesRead;
  }
  const actual = md5.digest("base64");
  if (actual !== expected)
    throw new TransferError(
      "checksum-mismatch",
      `${describeRequest(signed)} arrived damaged: MD5 ${actual} instead of ${expected}.`,
    );
}
