const mebibyte = 2 ** 20;

/**
 * Limits of multipart uploads: https://docs.cloud.google.com/storage/docs/multipart-uploads and
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html, which are the same. R2 wants all parts but the
 * last of one size: https://developers.cloudflare.com/r2/objects/multipart-objects/
 */
export const partLimits = {
  parts: 10_000,
  smallestPart: 5 * mebibyte,
  largestPart: 5 * 1024 * mebibyte,
  largestObject: 5 * 1024 * 1024 * mebibyte,
} as const;

/** How an object is uploaded. */
export type PartPlan =
  | { readonly kind: "single" }
  | {
      readonly kind: "multipart";
      /** Bytes of every part but the last. */
      readonly partBytes: number;
      readonly parts: number;
    };

export interface PartPlanOptions {
  /** Objects smaller than this are uploaded with one PUT. @default 128 MiB */
  readonly multipartFrom?: number;
  /** Minimum size of a part, a whole number of MiB. @default 32 MiB */
  readonly partBytes?: number;
}

/**
 * Parts of one size, few enough: 32 MiB each up to 312 GiB, and larger ones beyond.
 *
 * @param size bytes of the object
 * @throws RangeError for more than 5 TiB, and for parts smaller than 5 MiB
 */
export function planParts(
  size: number,
  { multipartFrom = 128 * mebibyte, partBytes = 32 * mebibyte }: PartPlanOptions = {},
): PartPlan {
  const { parts, smallestPart, largestPart, largestObject } = partLimits;
  if (size > largestObject)
    throw new RangeError(`An object has at most ${largestObject} bytes (5 TiB); this one has ${size}.`);
  if (partBytes < smallestPart || partBytes > largestPart)
    throw new RangeError(`A part has ${smallestPart} to ${largestPart} bytes; asked for ${partBytes}.`);
  if (size < multipartFrom || size <= smallestPart) return { kind: "single" };
  const needed = Math.ceil(size / parts / mebibyte) * mebibyte;
  const bytes = Math.max(partBytes, needed);
  return { kind: "multipart", partBytes: bytes, parts: Math.ceil(size / bytes) };
}

/** Where part `number` (from 1) starts, and its size. */
export function partOf(size: number, partBytes: number, number: number): { start: number; size: number } {
  const start = (number - 1) * partBytes;
  return { start, size: Math.min(partBytes, size - start) };
}
