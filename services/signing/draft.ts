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

/** Everything about a signed URL but its signature. */
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

/**
 * UTF-8 text to be signed: four lines, no trailing newline.
 * @see https://docs.cloud.google.com/storage/docs/authentication/signatures#string-to-sign
 */
export function stringToSign(algorithm: string, time: string, scope: string, canonical: string): string {
  return [algorithm, time, scope, hash("sha256", canonical, "hex")].join("\n");
}

/** Drafts a URL for a request that has been validated. */
export function draftUrl(signer: Signer, request: UrlToSign): Draft {
  const { scheme, authorizer, location, sessionToken } = signer;
  const at = new Date(Math.floor(request.at.getTime() / 1000) * 1000);
  const time = at.toISOString().replace(/[-:]|\.000/g, "");
  const day = time.slice(0, 8);
  const scope = `${day}/${location}/${scheme.service}/${scheme.requestType}`;
  const target = targetOf(request, scheme.signsPort);
  const headers = canonicalHeaders({ ...request.headers, host: target.host });
  const parameters: Record<string, string> = {
    ...request.query,
    [`${scheme.parameterPrefix}Algorithm`]: scheme.algorithm,
    [`${scheme.parameterPrefix}Credential`]: `${authorizer}/${scope}`,
    [`${scheme.parameterPrefix}Date`]: time,
    [`${scheme.parameterPrefix}Expires`]: String(request.ttlSeconds),
    [`${scheme.parameterPrefix}SignedHeaders`]: signedHeaderNames(headers),
    ...(sessionToken !== undefined && { [`${scheme.parameterPrefix}Security-Token`]: sessionToken }),
  };
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
    stringToSign: stringToSign(scheme.algorithm, time, scope, canonical),
    day,
    unsignedUrl: `${target.origin}${target.path}?${query}`,
    headers: Object.fromEntries(headers.filter(([name]) => name !== "host")),
    expiresAt: new Date(at.getTime() + request.ttlSeconds * 1000),
  };
}

/** The payload's hash where the sender promises one, opaque to the signer. S3 clients may promise it in the query. */
function payloadOf(
  scheme: Scheme,
  headers: readonly (readonly [string, string])[],
  parameters: Readonly<Record<string, string>>,
): string {
  const fromHeader = headers.find(([name]) => name === `${scheme.headerPrefix}content-sha256`)?.[1];
  const fromQuery = scheme.service === "s3" ? parameters["X-Amz-Content-Sha256"] : undefined;
  return fromHeader ?? fromQuery ?? unsignedPayload;
}
