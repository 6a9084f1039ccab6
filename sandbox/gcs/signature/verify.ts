import { createHmac, timingSafeEqual, verify as verifyRsa } from "node:crypto";
import { malformedSecurity, notModelled, StorageError } from "../errors.ts";
import type { HmacKey } from "../hmac-keys.ts";
import type { Caller } from "../types.ts";
import { canonicalRequest, stringToSign, type WireRequest } from "./canonical.ts";
import type { Claim } from "./parse.ts";

export interface Verifier {
  readonly now: Date;
  readonly findHmacKey: (accessId: string) => HmacKey | undefined;
  readonly publicKeys: (email: string) => readonly string[];
  readonly serviceAccountExists: (email: string) => boolean;
}

/** https://docs.cloud.google.com/storage/docs/authentication/signatures: usable from 15 minutes before its date. */
const LEEWAY_MS = 15 * 60_000;

/**
 * Verifies a V4 signature.
 *
 * @returns the service account whose key made it
 * @throws the XML API's errors; never with a key or a signature in them
 */
export function verifyClaim(request: WireRequest, claim: Claim, verifier: Verifier): Caller {
  checkSignedHeaders(request, claim);
  checkTime(claim, verifier.now);
  const payload = payloadOf(request, claim);
  const email = checkSignature(request, claim, payload, verifier);
  if (!verifier.serviceAccountExists(email)) throw unknownCredential("The service account does not exist.");
  return {
    principal: `serviceAccount:${email}`,
    amz: claim.scheme.prefix === "amz",
    ...(/^[0-9a-f]{64}$/.test(payload) && { payloadSha256: payload }),
  };
}

/** The one kind of header that may travel unsigned although it has a vendor's prefix. */
const MAY_BE_UNSIGNED = new Set(["x-goog-content-sha256", "x-amz-content-sha256"]);

function checkSignedHeaders(request: WireRequest, claim: Claim): void {
  if (!claim.signedHeaders.includes("host")) {
    throw malformedSecurity("host", "The host header must be among the signed headers.");
  }
  for (const name of claim.signedHeaders) {
    if (!request.headers.has(name)) {
      throw malformedSecurity(name, "Header was included in signedheaders, but not in the request.");
    }
  }
  const unsigned = [...request.headers.keys()].filter(
    (name) =>
      /^x-(?:goog|amz)-/.test(name) && !MAY_BE_UNSIGNED.has(name) && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    // 403 is documented, code and wording are ours; S3 answers alike.
    throw new StorageError({
      status: 403,
      reason: "forbidden",
      code: "AccessDenied",
      message: `Every x-goog-* and x-amz-* header sent must be signed; not signed: ${unsigned.join(", ")}.`,
      xmlMessage: "Access denied.",
      elements: { HeadersNotSigned: unsigned.join(", ") },
    });
  }
}

function checkTime(claim: Claim, now: Date): void {
  const age = now.getTime() - claim.at.getTime();
  if (claim.where === "header") {
    if (Math.abs(age) > LEEWAY_MS) {
      throw refusal(
        403,
        "RequestTimeTooSkewed",
        "The difference between the request time and the server's time is too large.",
      );
    }
    return;
  }
  if (age < -LEEWAY_MS) {
    // The window is documented; the code for "too early" is not: this is what S3 answers.
    throw refusal(403, "AccessDenied", "Request is not yet valid.");
  }
  const end = new Date(claim.at.getTime() + (claim.expires ?? 0) * 1000);
  if (now > end) {
    // 400 is what Google answers; the name ExpiredToken is seen in real answers, but not on Google's page (unverified).
    throw refusal(
      400,
      "ExpiredToken",
      `Request signature expired at: ${end.toISOString()}`,
      "The provided token has expired.",
    );
  }
}

function payloadOf(request: WireRequest, claim: Claim): string {
  const header = (name: string): string | undefined => request.headers.get(name)?.[0]?.trim();
  const sent = header("x-goog-content-sha256") ?? header("x-amz-content-sha256");
  if (sent?.startsWith("STREAMING-") === true) {
    throw notModelled(
      `The payload type ${sent} (set requestChecksumCalculation to WHEN_REQUIRED, and send buffers)`,
    );
  }
  if (sent === undefined && claim.where === "header") {
    const name = `x-${claim.scheme.prefix}-content-sha256`;
    throw malformedSecurity(name, `A request with a signed Authorization header needs ${name}.`);
  }
  return sent ?? "UNSIGNED-PAYLOAD";
}

/** @returns the service account's e-mail address */
function checkSignature(request: WireRequest, claim: Claim, payload: string, verifier: Verifier): string {
  const matches = matcherOf(claim, verifier);
  const sent = request.headers.get("host")?.[0] ?? "";
  // Google's libraries sign the host without its port, the AWS SDK signs it as it is sent.
  const withoutPort = sent.replace(/:\d+$/, "");
  const hosts = claim.scheme.prefix === "amz" ? [sent, withoutPort] : [withoutPort, sent];
  const [first, second] = hosts.map((host) => canonicalRequest(request, claim, host, payload)) as [
    string,
    string,
  ];
  for (const canonical of [first, second]) {
    if (matches.signature(stringToSign(claim, canonical))) return matches.email;
  }
  throw new StorageError({
    status: 403,
    reason: "forbidden",
    code: "SignatureDoesNotMatch",
    message:
      "The request signature we calculated does not match the signature you provided. Check your Google secret key and signing method.",
    xmlMessage: "Access denied.",
    elements: { StringToSign: stringToSign(claim, first), CanonicalRequest: first },
  });
}

interface Matcher {
  readonly email: string;
  readonly signature: (toSign: string) => boolean;
}

function matcherOf(claim: Claim, verifier: Verifier): Matcher {
  const given = Buffer.from(/^(?:[0-9a-f]{2})+$/.test(claim.signature) ? claim.signature : "", "hex");
  if (claim.scheme.secretPrefix === undefined) {
    const keys = verifier.publicKeys(claim.authorizer);
    if (keys.length === 0) throw unknownCredential("The service account has no such key.");
    return {
      email: claim.authorizer,
      signature: (toSign) => keys.some((key) => verifyRsa("RSA-SHA256", Buffer.from(toSign), key, given)),
    };
  }
  const key = verifier.findHmacKey(claim.authorizer);
  if (key?.secret === undefined || key.state !== "ACTIVE") {
    const state = key === undefined ? "does not exist" : `is ${key.state}`;
    throw unknownCredential(`The HMAC key ${state}.`);
  }
  const signingKey = [claim.scopeDate, claim.location, claim.scheme.service, claim.scheme.requestType].reduce<
    string | Buffer
  >(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    claim.scheme.secretPrefix + key.secret,
  );
  return {
    email: key.serviceAccountEmail,
    signature: (toSign) => {
      const expected = createHmac("sha256", signingKey).update(toSign).digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

/**
 * Keys that are unknown, inactive or deleted. `InvalidSecurity` is what Google has answered to unknown access ids
 * (s3fs-fuse/s3fs-fuse#179); for the other two that it answers the same is our assumption.
 */
function unknownCredential(details: string): StorageError {
  return refusal(403, "InvalidSecurity", details, "The provided security credentials are not valid.");
}

function refusal(status: number, code: string, message: string, xmlMessage = "Access denied."): StorageError {
  return new StorageError({ status, reason: "forbidden", code, message, xmlMessage });
}
