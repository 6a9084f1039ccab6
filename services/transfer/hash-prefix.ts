import { hash } from "node:crypto";

/**
 * Initial request rates of a bucket, and the permanent rates of a single range of names. Source:
 * https://docs.cloud.google.com/storage/docs/request-rate
 */
export const bucketRates = { readsPerSecond: 5000, writesPerSecond: 1000 } as const;

/**
 * Prefixes a name with the first digits of its MD5, so that names written in sequence are spread over the bucket's
 * index. Equal names have equal prefixes.
 *
 * @param hexDigits 1 to 8; Google's own example has 6 @default 6
 */
export function hashedName(name: string, hexDigits = 6): string {
  if (!Number.isInteger(hexDigits) || hexDigits < 1 || hexDigits > 8)
    throw new RangeError(`hexDigits: ${String(hexDigits)} must be a whole number from 1 to 8`);
  return `${hash("md5", name, "hex").slice(0, hexDigits)}-${name}`;
}

/** The smallest number of hex digits that spreads a rate over enough ranges of the index; 0 if one range is enough. */
export function hexDigitsFor(writesPerSecond: number, readsPerSecond: number): number {
  const ranges = Math.max(
    1,
    writesPerSecond / bucketRates.writesPerSecond,
    readsPerSecond / bucketRates.readsPerSecond,
  );
  let digits = 0;
  for (let reached = 1; reached < ranges; reached *= 16) digits += 1;
  return digits;
}
