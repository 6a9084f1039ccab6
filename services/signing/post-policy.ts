import type { Stamp } from "./draft.ts";
import { stampOf } from "./draft.ts";
import { defaultEndpoint, targetOf } from "./endpoint.ts";
import { hmacSignature } from "./hmac.ts";
import type { PolicyToSign } from "./policy-to-sign.ts";
import { signerOf } from "./scheme.ts";
import type { Scheme, Signer } from "./scheme.ts";
import { signatureOf } from "./sign-url.ts";
import { SigningError } from "./types.ts";
import type { SigningKey } from "./types.ts";
import { keyProblems } from "./validate-key.ts";
import { policyProblems } from "./validate-policy.ts";

export interface SignedPolicy {
  /** Where the form is sent, as `multipart/form-data`. */
  readonly url: string;
  /** Hidden fields of the form; the `file` goes last. */
  readonly fields: Record<string, string>;
  readonly expiresAt: string;
}

/**
 * Signs what an HTML form may upload. No generation precondition is documented for forms: give a name of its own to
 * what must not be overwritten.
 *
 * @throws SigningError
 */
export async function signPostPolicy(key: SigningKey, policy: PolicyToSign): Promise<SignedPolicy> {
  const signer = signerOf(key);
  const problems = [...keyProblems(key), ...policyProblems(policy, signer.scheme, key.kind)];
  if (problems.length > 0) throw new SigningError(problems);
  const stamp = stampOf(signer, policy.at);
  const expiresAt = new Date(stamp.at.getTime() + policy.ttlSeconds * 1000);
  const document = policyDocument(signer, policy, stamp, expiresAt);
  const encoded = Buffer.from(document).toString("base64");
  const signature =
    key.kind === "hmac" ? hmacSignature(key, stamp.day, encoded) : await signatureOf(key, encoded);
  const { headerPrefix } = signer.scheme;
  return {
    url: formAddress(policy, signer.scheme),
    fields: {
      key: keyField(policy.object),
      ...policy.fields,
      ...signerFields(signer, stamp),
      [`${headerPrefix}signature`]: signature,
      policy: encoded,
    },
    expiresAt: expiresAt.toISOString(),
  };
}

/** Compact JSON with everything beyond ASCII escaped, in the order of Google's own libraries. */
export function policyDocument(signer: Signer, policy: PolicyToSign, stamp: Stamp, expiresAt: Date): string {
  const { bucket, object, fields = {}, conditions = [] } = policy;
  const exact = (entries: Readonly<Record<string, string>>): object[] =>
    Object.entries(entries).map(([name, value]) => ({ [name]: value }));
  const document = {
    conditions: [
      ...conditions.map((condition) =>
        "startsWith" in condition
          ? ["starts-with", `$${condition.startsWith}`, condition.value]
          : ["content-length-range", ...condition.contentLengthRange],
      ),
      ...exact(fields),
      { bucket },
      typeof object === "string" ? { key: object } : ["starts-with", "$key", object.under],
      ...exact(signerFields(signer, stamp)).reverse(),
    ],
    expiration: expiresAt.toISOString().replace(".000Z", "Z"),
  };
  return JSON.stringify(document).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The store puts the file's own name in place of the variable. */
const keyField = (object: PolicyToSign["object"]): string =>
  typeof object === "string" ? object : `${object.under}\${filename}`;

function signerFields({ scheme, sessionToken }: Signer, stamp: Stamp): Record<string, string> {
  const prefix = scheme.headerPrefix;
  return {
    [`${prefix}algorithm`]: scheme.algorithm,
    [`${prefix}credential`]: stamp.credential,
    [`${prefix}date`]: stamp.time,
    ...(sessionToken !== undefined && { [`${prefix}security-token`]: sessionToken }),
  };
}

function formAddress({ bucket, endpoint = defaultEndpoint }: PolicyToSign, scheme: Scheme): string {
  const { origin, path } = targetOf({ bucket, object: undefined, endpoint }, scheme.signsPort);
  return `${origin}${path.replace(/\/?$/, "/")}`;
}
