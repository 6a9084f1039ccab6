/** V4 URL signing for Cloud Storage and S3-compatible stores: pure, no I/O, nothing but node:crypto. */
export { draftUrl, stringToSign } from "./draft.ts";
export type { Draft } from "./draft.ts";
export { canonicalHeaders, canonicalQuery, canonicalRequest, unsignedPayload } from "./canonical.ts";
export { defaultEndpoint } from "./endpoint.ts";
export { signerOf } from "./scheme.ts";
export type { Scheme, Signer } from "./scheme.ts";
export { objectUnder } from "./object-name.ts";
export { requestFor, signOperation } from "./operations.ts";
export type { Operation, OperationContext, StoreKind } from "./operations.ts";
export type { ReadOptions, ResponseOverrides, WriteOptions } from "./operation-parts.ts";
export { signPostPolicy } from "./post-policy.ts";
export type { PolicyCondition, PolicyToSign, SignedPolicy } from "./post-policy.ts";
export { signUrl, signUrlNow } from "./sign-url.ts";
export { SigningError } from "./types.ts";
export type { BlobKey, Endpoint, HmacKey, HttpMethod, RsaKey, SigningKey, UrlToSign } from "./types.ts";
export { longestBlobTtlSeconds, longestTtlSeconds } from "./validate-request.ts";
export { signCdnCookie, signCdnPrefix, signCdnUrl, signCdnUrlByPrefix } from "./cdn.ts";
export type { CdnCookie, CdnKey, CdnValidity } from "./cdn.ts";
