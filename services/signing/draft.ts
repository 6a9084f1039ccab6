import { hash } from "node:crypto";
import {
  canonicalHeaders,
  canonicalQuery,
  canonicalRequest,
  signedHeaderNames,
  unsignedPayload,
} from "./canonical.ts";
import { targetOf } from "./endpoint.ts";
import type { Scheme, Signer } from "./scheme.ts";
import type { UrlToSign } from "./types.ts";

/** A signed URL without its signature. */
export interface Draft {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  /** `YYYYMMDD`, the day for which an HMAC key is derived. */
  readonly day: string;
  /** The whole URL except the signature parameter, which goes last. */
  readonly unsignedUrl: string;
  /** What the sender must send, byte for byte; `host` is not among it, since the HTTP client sets it from the URL. */
  readonly headers: Record<string, string>;
  readonly expiresAt: Date;
}

/** When a signature was made and for whom. */
export interface Stamp {
  /** `YYYYMMDD'T'HHMMSS'Z'` */
  readonly time: string;
  /** `YYYYMMDD` */
  readonly day: string;
  /** `YYYYMMDD/location/service/request type` */
  readonly scope: string;
  /** Authorizer and scope. */
  readonly credential: string;
  /** Cut to whole seconds. */
  readonly at: Date;
}

export function stampOf({ scheme, authorizer, location }: Signer, time: Date): Stamp {
  const at = new Date(Math.floor(time.getTime() / 1000) * 1000);
  const basic = at.toISOString().replace(/[-:]|\.000/g, "");
  const day = basic.slice(0, 8);
  const scope = `${day}/${location}/${scheme.service}/${scheme.requestType}`;
  return { time: basic, day, scope, credential: `${authorizer}/${scope}`, at };
}

/**
 * UTF-8 text to be signed: four lines, no trailing newline.
 * @see https://docs.cloud.google.com/storage/docs/authentication/signatures#string-to-sign
 */
export function stringToSign(algorithm: string, time: string, scope: string, canonical: string): string {
  return `${algorithm}\n${time}\n${scope}\n${hash("sha256", canonical, "hex")}`;
}

/** All parameters of a URL except the signature. */
export function parametersOf(
  signer: Signer,
  request: Pick<UrlToSign, "query" | "ttlSeconds">,
  stamp: Stamp,
  signedHeaders: string,
): Record<string, string> {
  const { scheme, sessionToken } = signer;
  return {
    ...request.query,
    [`${scheme.parameterPrefix}Algorithm`]: scheme.algorithm,
    [`${scheme.parameterPrefix}Credential`]: stamp.credential,
    [`${scheme.parameterPrefix}Date`]: stamp.time,
    [`${scheme.parameterPrefix}Expires`]: String(request.ttlSeconds),
    [`${scheme.parameterPrefix}SignedHeaders`]: signedHeaders,
    ...(sessionToken !== undefined && { [`${scheme.parameterPrefix}Security-Token`]: sessionToken }),
  };
}

/** Drafts a URL for a request that has been validated. */
export function draftUrl(signer: Signer, request: UrlToSign): Draft {
  const { scheme } = signer;
  const stamp = stampOf(signer, request.at);
  const target = targetOf(request, scheme.signsPort);
  const headers = canonicalHeaders({ ...request.headers, host: target.host });
  const parameters = parametersOf(signer, request, stamp, signedHeaderNames(headers));
  const query = canonicalQuery(parameters);
  const canonical = canonicalRequest({
    method: request.method,
    path: target.path,
    query,
    headers,
    payload: payloadOf(scheme, headers, parameters),
  });
  return {
    canonicalRequest: canonical,
    stringToSign: stringToSign(scheme.algorithm, stamp.time, stamp.scope, canonical),
    day: stamp.day,
    unsignedUrl: `${target.origin}${target.path}?${query}`,
    headers: Object.fromEntries(headers.filter(([name]) => name !== "host")),
    expiresAt: new Date(stamp.at.getTime() + request.ttlSeconds * 1000),
  };
}

/** The payload's hash where the sender promises one, opaque to the signer. S3 clients may promise it in the query. */
export function payloadOf(
  scheme: Scheme,
  headers: readonly (readonly [string, string])[],
  parameters: Readonly<Record<string, string>>,
): string {
  const fromHeader = headers.find(([name]) => name === `${scheme.headerPrefix}content-sha256`)?.[1];
  const fromQuery = scheme.service === "s3" ? parameters["X-Amz-Content-Sha256"] : undefined;
  return fromHeader ?? fromQuery ?? unsignedPayload;
}
