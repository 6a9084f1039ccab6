import { hash } from "node:crypto";

/**
 * Rates at which a bucket starts, and which one range of names keeps for good when all requests fall into it.
 * Source: https://docs.cloud.google.com/storage/docs/request-rate
 */
export const bucketRates = { readsPerSecond: 5000, writesPerSecond: 1000 } as const;

/**
 * Puts the first digits of the name's MD5 before it, so that names that follow each other in time do not follow each
 * other in the bucket's index. The same name always gives the same prefix.
 *
 * @param hexDigits 1 to 8; Google's own example has 6 @default 6
 */
export function hashedName(name: string, hexDigits = 6): string {
  if (!Number.isInteger(hexDigits) || hexDigits < 1 || hexDigits > 8)
    throw new RangeError(`hexDigits: ${String(hexDigits)} must be a whole number from 1 to 8`);
  return `${hash("md5", name, "hex").slice(0, hexDigits)}-${name}`;
}

/** The fewest hex digits that spread a rate over enough ranges of the index; 0 where one range is enough. */
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
