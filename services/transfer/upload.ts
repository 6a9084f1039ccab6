import type { SignedRequest } from "../protocol/index.ts";
import { encodeCrc32c } from "./crc32c.ts";
import { describeRequest, TransferError } from "./errors.ts";
import { withFile } from "./outgoing-range.ts";
import { putRange } from "./put-range.ts";
import type { UploadOptions } from "./upload-options.ts";

export interface Uploaded {
  readonly bytes: number;
  /** Base64 CRC32C of what was sent. */
  readonly crc32c: string;
  /**
   * True when the store confirmed this very upload. False when a create-only upload found the object in place after
   * an earlier try had ended without an answer: it is most likely that try's, and whoever may read the object has to
   * compare its size and CRC32C before relying on it. Only the signer may: a PUT's URL cannot read.
   */
  readonly created: boolean;
  readonly etag: string | undefined;
  readonly generation: string | undefined;
}

/**
 * Uploads a file with one PUT of exact length. Holds no more than a few chunks in memory.
 *
 * @param signed a PUT; a signed `content-length` must be the file's size
 * @throws TransferError; `precondition-failed` when the object was there before the first try
 */
export async function upload(
  signed: SignedRequest,
  file: string,
  options: UploadOptions = {},
): Promise<Uploaded> {
  if (signed.method !== "PUT")
    throw new TransferError("invalid-request", `${describeRequest(signed)} is no upload: it must be a PUT.`);
  return withFile(file, async (handle, size) => {
    const { checksum, ...put } = await putRange(signed, { handle, file, start: 0, size }, options);
    return { bytes: size, crc32c: encodeCrc32c(checksum), ...put };
  });
}
