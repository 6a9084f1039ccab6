import type { SignedRequest } from "../protocol/index.ts";
import { draftUrl } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { cacheTemplate, signFromTemplate } from "./url-template.ts";
import { hmacSignature } from "./hmac.ts";
import { readRsaKey, rsaSignature } from "./rsa.ts";
import { signerOf } from "./scheme.ts";
import { SigningError } from "./types.ts";
import type { HmacKey, SigningKey, UrlToSign } from "./types.ts";
import { keyProblems } from "./validate-key.ts";
import { isMethod, requestProblems } from "./validate-request.ts";

/**
 * Signs one request with the query string (V4).
 *
 * The answer is the URL *and* the headers that must be sent with it, in lower case and in canonical form: a sender
 * that leaves one out, changes one or adds another `x-goog-*` or `x-amz-*` header is refused by the store.
 * Cloud Storage takes the URL from 15 minutes before `at` until `expiresAt`.
 *
 * @throws SigningError naming every problem of key and request; it never quotes secrets, header or query values
 * @see https://docs.cloud.google.com/storage/docs/authentication/signatures
 */
export async function signUrl(key: SigningKey, request: UrlToSign): Promise<SignedRequest> {
  if (key.kind === "hmac") return signUrlNow(key, request);
  const draft = checkedDraft(key, request);
  return signedRequest(key, request, draft, await signatureOf(key, draft.stringToSign));
}

/**
 * The same with an HMAC key, which needs nobody else: signed before the call returns.
 *
 * @throws SigningError
 */
export function signUrlNow(key: HmacKey, request: UrlToSign): SignedRequest {
  if (isMethod(request.method)) {
    const signed = signFromTemplate(key, request);
    if (signed !== undefined) return signed;
  }
  const draft = checkedDraft(key, request);
  cacheTemplate(key, request);
  return signedRequest(key, request, draft, hmacSignature(key, draft.day, draft.stringToSign));
}

/** Lower-case hex signature of a text by a key of a service account. */
export async function signatureOf(key: Exclude<SigningKey, HmacKey>, text: string): Promise<string> {
  if (key.kind === "blob") return Buffer.from(await key.signBlob(Buffer.from(text))).toString("hex");
  const parsed = readRsaKey(key);
  if (parsed === undefined) throw new SigningError(keyProblems(key));
  return rsaSignature(parsed, text);
}

function checkedDraft(key: SigningKey, request: UrlToSign): Draft {
  const signer = signerOf(key);
  const problems = [...keyProblems(key), ...requestProblems(request, signer.scheme, key.kind)];
  if (problems.length > 0) throw new SigningError(problems);
  return draftUrl(signer, request);
}

function signedRequest(key: SigningKey, request: UrlToSign, draft: Draft, signature: string): SignedRequest {
  return {
    method: request.method,
    url: `${draft.unsignedUrl}&${signerOf(key).scheme.parameterPrefix}Signature=${signature}`,
    headers: draft.headers,
    expiresAt: draft.expiresAt.toISOString(),
  };
}
