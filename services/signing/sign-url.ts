import type { SignedRequest } from "../protocol/index.ts";
import { draftUrl } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { hmacSignature } from "./hmac.ts";
import { readRsaKey, rsaSignature } from "./rsa.ts";
import { signerOf } from "./scheme.ts";
import { SigningError } from "./types.ts";
import type { SigningKey, UrlToSign } from "./types.ts";
import { keyProblems } from "./validate-key.ts";
import { requestProblems } from "./validate-request.ts";

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
  const signer = signerOf(key);
  const problems = [...keyProblems(key), ...requestProblems(request, signer.scheme, key.kind)];
  if (problems.length > 0) throw new SigningError(problems);
  const draft = draftUrl(signer, request);
  const signature = await signatureOf(key, draft);
  return {
    method: request.method,
    url: `${draft.unsignedUrl}&${signer.scheme.parameterPrefix}Signature=${signature}`,
    headers: draft.headers,
    expiresAt: draft.expiresAt.toISOString(),
  };
}

async function signatureOf(key: SigningKey, draft: Draft): Promise<string> {
  switch (key.kind) {
    case "hmac":
      return hmacSignature(key, draft.day, draft.stringToSign);
    case "rsa": {
      const parsed = readRsaKey(key);
      if (parsed === undefined) throw new SigningError(keyProblems(key));
      return rsaSignature(parsed, draft.stringToSign);
    }
    case "blob":
      return Buffer.from(await key.signBlob(Buffer.from(draft.stringToSign))).toString("hex");
  }
}
