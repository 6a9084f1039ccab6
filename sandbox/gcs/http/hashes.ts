import type { ExpectedHashes } from "../staging.ts";
import type { Exchange } from "./exchange.ts";

/** `x-goog-hash: crc32c=…,md5=…` and `content-md5`. */
export function hashesOf(exchange: Exchange): ExpectedHashes {
  const found = new Map<string, string>();
  for (const part of (exchange.header("x-goog-hash") ?? "").split(",")) {
    const cut = part.indexOf("=");
    if (cut !== -1) found.set(part.slice(0, cut).trim(), part.slice(cut + 1).trim());
  }
  return { crc32c: found.get("crc32c"), md5Hash: found.get("md5") ?? exchange.header("content-md5") };
}

/** The first of several promises about the same bytes that says something. */
export function mergeHashes(...all: readonly ExpectedHashes[]): ExpectedHashes {
  const first = (key: keyof ExpectedHashes): string | undefined =>
    all.map((hashes) => hashes[key]).find((value) => value !== undefined);
  return { md5Hash: first("md5Hash"), crc32c: first("crc32c"), sha256: first("sha256") };
}
