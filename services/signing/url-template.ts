import { hash } from "node:crypto";
import type { SignedRequest } from "../protocol/index.ts";
import { canonicalHeaders, canonicalQuery, canonicalValue, signedHeaderNames } from "./canonical.ts";
import { parametersOf, payloadOf, stampOf } from "./draft.ts";
import { encodePath } from "./encoding.ts";
import { targetOf } from "./endpoint.ts";
import { derivedFor, hmacOfString } from "./hmac.ts";
import type { Derived } from "./hmac.ts";
import { signerOf } from "./scheme.ts";
import type { Scheme } from "./scheme.ts";
import type { HmacKey, UrlToSign } from "./types.ts";
import { headerValue } from "./validate-headers.ts";
import { objectProblems } from "./validate-request.ts";

/**
 * What the URLs of one second have in common. A coordinator signs a job's hundred outputs for the same bucket, with the
 * same validity and the same header names. Only path, header values and signature differ.
 */
interface UrlTemplate {
  readonly scheme: Scheme;
  /** Origin and path up to the object's name. */
  readonly urlStart: string;
  readonly pathStart: string;
  readonly query: string;
  readonly signedHeaders: string;
  readonly derived: Derived;
  /** Of the string to sign: all but the hash. */
  readonly textStart: string;
  /** Header names as given and in lower case, in canonical order; `host` with its value. */
  readonly lines: readonly (
    { readonly given: string; readonly name: string } | { readonly given: undefined; readonly line: string }
  )[];
  /** Of the URL: query and the name of the signature's parameter. */
  readonly urlEnd: string;
  readonly expiresAt: string;
}

/** Templates of one key, all for the same second, validity, bucket and endpoint; one per set of header names. */
interface CachedTemplates {
  readonly second: number;
  readonly ttlSeconds: number;
  readonly bucket: string;
  readonly url: string | undefined;
  readonly style: string | undefined;
  readonly byNames: Map<string, UrlTemplate>;
}

const templatesByKey = new WeakMap<HmacKey, CachedTemplates>();
/** Header names come from code, so there are few sets. The limit protects against callers who generate names. */
const maxTemplates = 64;

/**
 * Signs a request that differs from an earlier, validated one only in verb, object and header values, which are
 * validated again. Undefined if there was no such request, or if this one is invalid.
 */
export function signFromTemplate(key: HmacKey, request: UrlToSign): SignedRequest | undefined {
  const { object, headers } = request;
  if (object === undefined || request.query !== undefined) return undefined;
  const templates = templatesFor(key, request);
  if (templates === undefined) return undefined;
  const template = templates.byNames.get(headers === undefined ? "" : namesOf(headers));
  if (template === undefined) return undefined;
  const path = pathOf(object);
  if (path === undefined) return undefined;
  if (headers !== undefined && !areSoundValues(headers)) return undefined;
  return finish(request, template, path, headers ?? {});
}

/** Remembers a request that has been validated, method included, so that others like it are signed faster. */
export function cacheTemplate(key: HmacKey, request: UrlToSign): void {
  if (request.object === undefined || request.query !== undefined) return;
  const signer = signerOf(key);
  const given = Object.keys(request.headers ?? {});
  const byName = new Map(given.map((name) => [name.toLowerCase(), name]));
  const target = targetOf({ ...request, object: "o" }, signer.scheme.signsPort);
  const stamp = stampOf(signer, request.at);
  const withHost = canonicalHeaders({ ...request.headers, host: target.host });
  // A promised payload hash is a header's value, which may differ from URL to URL.
  if (payloadOf(signer.scheme, withHost, {}) !== "UNSIGNED-PAYLOAD") return;
  const signedHeaders = signedHeaderNames(withHost);
  const pathStart = target.path.slice(0, -1);
  const query = canonicalQuery(parametersOf(signer, request, stamp, signedHeaders));
  const template: UrlTemplate = {
    scheme: signer.scheme,
    urlStart: target.origin + pathStart,
    pathStart,
    query,
    urlEnd: `?${query}&${signer.scheme.parameterPrefix}Signature=`,
    signedHeaders,
    lines: withHost.map(([name, value]) => {
      const own = byName.get(name);
      return own === undefined ? { given: undefined, line: `${name}:${value}\n` } : { given: own, name };
    }),
    derived: derivedFor(key, stamp.day),
    textStart: `${signer.scheme.algorithm}\n${stamp.time}\n${stamp.scope}\n`,
    expiresAt: new Date(stamp.at.getTime() + request.ttlSeconds * 1000).toISOString(),
  };
  let templates = templatesFor(key, request);
  if (templates === undefined || templates.byNames.size >= maxTemplates) {
    const { ttlSeconds, bucket, endpoint } = request;
    const second = Math.floor(request.at.getTime() / 1000);
    templates = {
      second,
      ttlSeconds,
      bucket,
      url: endpoint?.url,
      style: endpoint?.style,
      byNames: new Map(),
    };
    templatesByKey.set(key, templates);
  }
  templates.byNames.set(namesOf(request.headers ?? {}), template);
}

/** The names as given and in that order, so that no other names give the same text: whoever signs by the hundred gives them alike each time. */
function namesOf(headers: Readonly<Record<string, string>>): string {
  let names = "";
  for (const name in headers) names += `${name.length}:${name}`;
  return names;
}

/** The names are those of a validated request, each once; the raw values are new. */
function areSoundValues(headers: Readonly<Record<string, string>>): boolean {
  for (const name in headers) {
    const value = headers[name] ?? "";
    if (!headerValue.test(value)) return false;
    if (name.length === contentLength.length && name.toLowerCase() === contentLength && !digits.test(value))
      return false;
  }
  return true;
}

const contentLength = "content-length";
const digits = /^\d+$/;

function templatesFor(
  key: HmacKey,
  { at, ttlSeconds, bucket, endpoint }: UrlToSign,
): CachedTemplates | undefined {
  const templates = templatesByKey.get(key);
  return templates?.second === Math.floor(at.getTime() / 1000) &&
    templates.ttlSeconds === ttlSeconds &&
    templates.bucket === bucket &&
    templates.url === endpoint?.url &&
    templates.style === endpoint?.style
    ? templates
    : undefined;
}

/** The encoded path of a sound object name, or undefined. */
function pathOf(object: string): string | undefined {
  // Most names need no encoding, and hold nothing that could be wrong but a segment that starts with a dot.
  const isPlain =
    object.length <= 1024 && /^[\w.~/-]+$/.test(object) && !object.startsWith(".") && !object.includes("/.");
  if (isPlain) return object;
  return objectProblems(object).length === 0 ? encodePath(object) : undefined;
}

function finish(
  request: UrlToSign,
  template: UrlTemplate,
  path: string,
  given: Readonly<Record<string, string>>,
): SignedRequest {
  let lines = "";
  const headers: Record<string, string> = {};
  for (const one of template.lines) {
    if (one.given === undefined) lines += one.line;
    else {
      const value = canonicalValue(given[one.given] ?? "");
      lines += `${one.name}:${value}\n`;
      headers[one.name] = value;
    }
  }
  const canonical = `${request.method}\n${template.pathStart}${path}\n${template.query}\n${lines}\n${template.signedHeaders}\nUNSIGNED-PAYLOAD`;
  const signature = hmacOfString(template.derived, template.textStart, hash("sha256", canonical, "hex"));
  return {
    method: request.method,
    url: `${template.urlStart}${path}${template.urlEnd}${signature}`,
    headers,
    expiresAt: template.expiresAt,
  };
}
