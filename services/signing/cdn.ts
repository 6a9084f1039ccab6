import { createHmac } from "node:crypto";
import { SigningError } from "./types.ts";

/**
 * A Cloud CDN signing key of a backend. It is unrelated to Cloud Storage's V4 keys: neither service accepts the other's
 * signatures.
 */
export interface CdnKey {
  /** The key's name on the backend: 1 to 63 characters of a-z, 0-9 and -. */
  readonly name: string;
  /** 128 bits in URL-safe base64, with or without its padding. */
  readonly value: string;
}

/** Start and duration of a signature. The CDN checks only the end; `at` counts as now. */
export interface CdnValidity {
  /** Seconds from `at` until the signature ends, 1 or more. */
  readonly ttlSeconds: number;
  readonly at: Date;
}

/** A cookie to set on the CDN's host. */
export interface CdnCookie {
  readonly name: "Cloud-CDN-Cookie";
  /** Needs no further encoding. Set it with `Secure`, `HttpOnly`, and a `Path` no wider than the prefix. */
  readonly value: string;
  readonly expiresAt: string;
}

/**
 * Signs one URL. The query string is signed unchanged, so parameters must not be added, removed or reordered.
 *
 * @returns the URL with `Expires`, `KeyName` and `Signature`
 * @throws SigningError naming every problem; it never quotes the key or a query value
 * @see https://docs.cloud.google.com/cdn/docs/using-signed-urls
 */
export function signCdnUrl(key: CdnKey, url: string, validity: CdnValidity): string {
  const signer = signerOf(key, validity, urlProblems("url", url));
  const toSign = `${url}${url.includes("?") ? "&" : "?"}Expires=${signer.expires}&KeyName=${key.name}`;
  return `${toSign}&Signature=${signer.signatureOf(toSign)}`;
}

/**
 * Signs a prefix and returns the parameters to append to the query of every URL under it, for players that cannot send
 * cookies. They must be appended to the URLs of a playlist's segments too.
 *
 * @param prefix scheme, host and the beginning of a path: `https://media.example/outputs/17/`. It is a prefix of
 * characters, so end it in `/` where it names a folder
 * @throws SigningError as {@link signCdnUrl}
 * @see https://docs.cloud.google.com/cdn/docs/using-signed-urls
 */
export function signCdnPrefix(key: CdnKey, prefix: string, validity: CdnValidity): string {
  const signer = signerOf(key, validity, prefixProblems(prefix));
  const toSign = `URLPrefix=${base64url(prefix)}&Expires=${signer.expires}&KeyName=${key.name}`;
  return `${toSign}&Signature=${signer.signatureOf(toSign)}`;
}

/** One URL below a signed prefix: it, with the parameters of {@link signCdnPrefix}. */
export function signCdnUrlByPrefix(
  key: CdnKey,
  { url, prefix }: { readonly url: string; readonly prefix: string },
  validity: CdnValidity,
): string {
  const problems = urlProblems("url", url);
  if (!url.startsWith(prefix)) problems.push("url: must begin with the prefix");
  if (problems.length > 0) throw new SigningError(problems);
  return `${url}${url.includes("?") ? "&" : "?"}${signCdnPrefix(key, prefix, validity)}`;
}

/**
 * Signs a prefix as a cookie: one response of the application opens a whole presentation with unchanged URLs.
 *
 * @throws SigningError as {@link signCdnUrl}
 * @see https://docs.cloud.google.com/cdn/docs/using-signed-cookies
 */
export function signCdnCookie(key: CdnKey, prefix: string, validity: CdnValidity): CdnCookie {
  const signer = signerOf(key, validity, prefixProblems(prefix));
  const toSign = `URLPrefix=${base64url(prefix)}:Expires=${signer.expires}:KeyName=${key.name}`;
  return {
    name: "Cloud-CDN-Cookie",
    value: `${toSign}:Signature=${signer.signatureOf(toSign)}`,
    expiresAt: new Date(signer.expires * 1000).toISOString(),
  };
}

/** Parameters of the signature; a URL that already has one would be ambiguous. */
const SIGNATURE_PARAMETERS = ["URLPrefix", "Expires", "KeyName", "Signature"] as const;

interface CdnSigner {
  /** Unix time in whole seconds. */
  readonly expires: number;
  readonly signatureOf: (text: string) => string;
}

function signerOf(key: CdnKey, { ttlSeconds, at }: CdnValidity, found: readonly string[]): CdnSigner {
  const problems = [...cdnKeyProblems(key), ...found];
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1)
    problems.push(`ttlSeconds: ${String(ttlSeconds)} must be a whole number of seconds, 1 or more`);
  if (Number.isNaN(at.getTime())) problems.push("at: must be a valid date");
  if (problems.length > 0) throw new SigningError(problems);
  const secret = Buffer.from(key.value, "base64url");
  return {
    expires: Math.floor(at.getTime() / 1000) + ttlSeconds,
    signatureOf: (text) => withPadding(createHmac("sha1", secret).update(text).digest("base64url")),
  };
}

/** Problems of a key, one sentence each; its value is never quoted. */
function cdnKeyProblems({ name, value }: CdnKey): string[] {
  const problems: string[] = [];
  if (!/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    problems.push(
      `key.name: ${JSON.stringify(name)} must be 1 to 63 characters of a-z, 0-9 and -, starting with a letter, not ending with -`,
    );
  if (!/^[A-Za-z0-9_-]{22}(?:==)?$/.test(value))
    problems.push("key.value: must be 128 bits in URL-safe base64 (value not shown)");
  return problems;
}

function urlProblems(path: string, text: string): string[] {
  const problems = locationProblems(path, text);
  const query = /\?([^#]*)/.exec(text)?.[1] ?? "";
  const taken = SIGNATURE_PARAMETERS.filter((name) =>
    query.split("&").some((parameter) => parameter === name || parameter.startsWith(`${name}=`)),
  );
  if (taken.length > 0) problems.push(`${path}: already has ${taken.join(", ")} in its query`);
  return problems;
}

function prefixProblems(prefix: string): string[] {
  const problems = locationProblems("prefix", prefix);
  if (prefix.includes("?")) problems.push("prefix: must have no query");
  return problems;
}

/**
 * The CDN compares characters, so a location is signed as it is written, never normalized. Without the slash after it a
 * host would be a prefix of others: `https://media.example` of `https://media.example.net/`.
 */
function locationProblems(path: string, text: string): string[] {
  const problems: string[] = [];
  if (!/^https?:\/\/[^/?#\s]+\//.test(text))
    problems.push(`${path}: must begin with http:// or https://, a host and a slash`);
  if (text.includes("#")) problems.push(`${path}: must have no fragment`);
  if (!/^[\x21-\x7e]*$/.test(text))
    problems.push(`${path}: must be percent-encoded: visible ASCII characters only`);
  return problems;
}

const base64url = (text: string): string => withPadding(Buffer.from(text).toString("base64url"));

/** Google's own signers keep base64's padding. */
const withPadding = (text: string): string => text.padEnd(Math.ceil(text.length / 4) * 4, "=");
