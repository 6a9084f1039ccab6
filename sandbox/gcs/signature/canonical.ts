import { createHash } from "node:crypto";
import { decode, type Query } from "../http/exchange.ts";
import type { Claim } from "./parse.ts";

/** What a signature covers, as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly rawPath: string;
  readonly query: Query;
  /** Lower-case name to every value sent, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/**
 * The canonical request of https://docs.cloud.google.com/storage/docs/authentication/canonical-requests, written from
 * that page and on purpose not shared with services/signing: two readings of one page check each other.
 *
 * @param host the value of the `host` line: clients differ in whether they sign the port
 */
export function canonicalRequest(request: WireRequest, claim: Claim, host: string, payload: string): string {
  const headers = [...claim.signedHeaders].sort(byCodePoint);
  const lines = headers.map((name) => {
    const values = name === "host" ? [host] : (request.headers.get(name) ?? []);
    return `${name}:${values.map(squeeze).join(",")}\n`;
  });
  return [
    request.method,
    canonicalPath(request.rawPath),
    canonicalQuery(request.query),
    lines.join(""),
    headers.join(";"),
    payload,
  ].join("\n");
}

export function stringToSign(claim: Claim, canonical: string): string {
  const hash = createHash("sha256").update(canonical).digest("hex");
  return [claim.algorithm, claim.datetime, claim.scope, hash].join("\n");
}

/** Decoded and encoded again, so that every spelling of one name has one signature. */
function canonicalPath(rawPath: string): string {
  return encode(decode(rawPath)).replaceAll("%2F", "/");
}

function canonicalQuery(query: Query): string {
  return query.pairs
    .filter(([name]) => name !== "X-Goog-Signature" && name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort((a, b) => byCodePoint(a[0], b[0]) || byCodePoint(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const squeeze = (value: string): string => value.replaceAll(/\s+/g, " ").trim();

/** Not `localeCompare`: the page asks for code points. What is compared here is ASCII. */
const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
