import type { FileHandle } from "node:fs/promises";
import { keyHeaders } from "../customer-keys.ts";
import { rangeNotSatisfiable } from "../errors.ts";
import type { ObjectRecord } from "../object-schema.ts";
import { send, sendStream, type Exchange } from "./exchange.ts";

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

/**
 * Reads one byte range; several ranges, other units and broken syntax mean the whole object, as in RFC 9110.
 *
 * @throws 416 for a range outside the object
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (match === null) return undefined;
  const [from, to] = [match[1] ?? "", match[2] ?? ""];
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const length = Math.min(Number(to), size);
    if (length === 0) throw rangeNotSatisfiable(size);
    return { start: size - length, end: size - 1 };
  }
  const start = Number(from);
  if (to !== "" && Number(to) < start) return undefined;
  if (start >= size) throw rangeNotSatisfiable(size);
  return { start, end: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}

/** Headers of an object's content, equal on both APIs except the ETag. */
export function mediaHeaders(record: ObjectRecord, publicRead: boolean): Record<string, string | undefined> {
  return {
    "content-type": record.contentType ?? "application/octet-stream",
    "cache-control": record.cacheControl ?? (publicRead ? "public, max-age=3600" : "private, max-age=0"),
    "content-disposition": record.contentDisposition,
    "content-encoding": record.contentEncoding,
    "content-language": record.contentLanguage,
    "last-modified": new Date(record.updated).toUTCString(),
    "accept-ranges": "bytes",
    "x-goog-generation": String(record.generation),
    "x-goog-metageneration": String(record.metageneration),
    "x-goog-storage-class": record.storageClass,
    "x-goog-stored-content-encoding": record.contentEncoding ?? "identity",
    "x-goog-stored-content-length": String(record.size),
    "x-goog-hash": hashHeader(record),
    "x-goog-component-count": record.componentCount === undefined ? undefined : String(record.componentCount),
    "x-goog-custom-time": record.customTime,
    ...keyHeaders(record),
    ...metadataHeaders(record, "x-goog-meta-"),
  };
}

/** Custom metadata as headers; the JSON API takes keys that no header can have, and those stay out. */
export function metadataHeaders(
  record: ObjectRecord,
  prefix: "x-goog-meta-" | "x-amz-meta-",
): Record<string, string> {
  const entries = Object.entries(record.metadata ?? {}).filter(([key]) => /^[\w!#$%&'*+.^`|~-]+$/.test(key));
  return Object.fromEntries(entries.map(([key, value]) => [prefix + key, value]));
}

export function hashHeader(record: ObjectRecord): string {
  return `crc32c=${record.crc32c}${record.md5Hash === undefined ? "" : `,md5=${record.md5Hash}`}`;
}

/** Answers 200, 206 or 416 from disk; always closes the handle. */
export async function sendMedia(
  exchange: Exchange,
  record: ObjectRecord,
  handle: FileHandle,
  headers: Record<string, string | undefined>,
): Promise<void> {
  try {
    const range = parseRange(exchange.header("range"), record.size);
    const length = range === undefined ? record.size : range.end - range.start + 1;
    const all = {
      ...headers,
      "content-length": String(length),
      ...(range && { "content-range": `bytes ${range.start}-${range.end}/${record.size}` }),
    };
    const status = range === undefined ? 200 : 206;
    if (exchange.method === "HEAD" || length === 0) {
      send(exchange, status, all);
      return;
    }
    const stream = handle.createReadStream({
      ...(range ?? {}),
      autoClose: false,
      highWaterMark: 256 * 1024,
    });
    await sendStream(exchange, status, all, stream);
  } finally {
    await handle.close();
  }
}
