import { isIP } from "node:net";
import { decode } from "../http/exchange.ts";

/** What an XML request is about; `object` undefined for the bucket, `bucket` undefined for the service. */
export interface XmlAddress {
  readonly bucket?: string;
  readonly object?: string;
}

/**
 * Path style (`/bucket/object`), virtual-hosted style (`bucket.storage.…`, `bucket.localhost`) and bucket-bound hosts
 * (a host that is the name of a bucket).
 */
export function locate(host: string, rawPath: string, bucketExists: (name: string) => boolean): XmlAddress {
  const hostname = host.replace(/:\d+$/, "").toLowerCase();
  const bucket = bucketOfHost(hostname, bucketExists);
  const path = rawPath.slice(1);
  if (bucket !== undefined) return { bucket, ...(path !== "" && { object: decode(path) }) };
  const cut = path.indexOf("/");
  const first = decode(cut === -1 ? path : path.slice(0, cut));
  const rest = cut === -1 ? "" : path.slice(cut + 1);
  return { ...(first !== "" && { bucket: first }), ...(rest !== "" && { object: decode(rest) }) };
}

function bucketOfHost(hostname: string, bucketExists: (name: string) => boolean): string | undefined {
  if (isIP(hostname) !== 0 || hostname.startsWith("[") || hostname === "localhost") return undefined;
  if (/^storage\.[^.]+(?:\.|$)/.test(hostname)) return undefined;
  const virtual = /^(.+)\.storage\.[^/]+$/.exec(hostname)?.[1] ?? /^(.+)\.localhost$/.exec(hostname)?.[1];
  if (virtual !== undefined) return virtual;
  return bucketExists(hostname) ? hostname : undefined;
}
