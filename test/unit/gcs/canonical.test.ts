import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import * as fc from "fast-check";
import { CRC32C_START, crc32cText, crc32cUpdate } from "../../../sandbox/gcs/checksums.ts";
import { parseQuery } from "../../../sandbox/gcs/http/exchange.ts";
import { canonicalRequest, stringToSign } from "../../../sandbox/gcs/signature/canonical.ts";
import { parseClaim } from "../../../sandbox/gcs/signature/parse.ts";
import { verifyClaim } from "../../../sandbox/gcs/signature/verify.ts";
import { loadConformance } from "../signing/vectors.ts";

const conformance = loadConformance();

/** Google's vectors, read backwards: each expected URL must verify with the vectors' own key. */
test.skipIf("missing" in conformance).each("missing" in conformance ? [] : conformance.vectors)(
  "Google's vector “$description” verifies",
  async (vector) => {
    if ("missing" in conformance) return;
    const { createPublicKey } = await import("node:crypto");
    const publicKey = createPublicKey(conformance.account.privateKey).export({ type: "spki", format: "pem" });
    const url = vector.expectedUrl;
    const [, host = "", rawPath = "/", rawQuery = ""] = /^https?:\/\/([^/?]+)([^?]*)\?(.*)$/.exec(url) ?? [];
    const query = parseQuery(rawQuery);
    const headers = new Map([["host", [host]]]);
    for (const [name, value] of Object.entries(vector.headers ?? {}))
      headers.set(name.toLowerCase(), [value]);
    const claim = parseClaim(query, () => undefined);
    if (claim === undefined) throw new Error("no signature found");
    const caller = verifyClaim(
      { method: vector.method, rawPath: rawPath === "" ? "/" : rawPath, query, headers },
      claim,
      {
        now: new Date(vector.timestamp),
        findHmacKey: () => undefined,
        publicKeys: (email) => (email === conformance.account.clientEmail ? [String(publicKey)] : []),
        serviceAccountExists: () => true,
      },
    );
    expect(caller.principal).toBe(`serviceAccount:${conformance.account.clientEmail}`);
  },
);

test("AWS's documented presigned GET has the signature that AWS documents", () => {
  const query = parseQuery(
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
  const claim = parseClaim(query, () => undefined);
  if (claim === undefined) throw new Error("no signature found");
  const host = "examplebucket.s3.amazonaws.com";
  const request = { method: "GET", rawPath: "/test.txt", query, headers: new Map([["host", [host]]]) };
  const canonical = canonicalRequest(request, claim, host, "UNSIGNED-PAYLOAD");
  expect(stringToSign(claim, canonical)).toContain(createHash("sha256").update(canonical).digest("hex"));
  const caller = verifyClaim(request, claim, {
    now: new Date("2013-05-24T00:00:00Z"),
    findHmacKey: (accessId) => ({
      accessId,
      secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      serviceAccountEmail: "example",
      state: "ACTIVE",
      timeCreated: "",
      updated: "",
    }),
    publicKeys: () => [],
    serviceAccountExists: () => true,
  });
  expect(caller.principal).toBe("serviceAccount:example");
});

test("CRC32C has the check value of the Castagnoli polynomial, in any division of the bytes", () => {
  const whole = crc32cUpdate(CRC32C_START, Buffer.from("123456789"));
  expect(crc32cText(whole)).toBe(Buffer.from("e3069283", "hex").toString("base64"));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      const parts = crc32cUpdate(crc32cUpdate(CRC32C_START, bytes.subarray(0, cut)), bytes.subarray(cut));
      expect(parts).toBe(crc32cUpdate(CRC32C_START, bytes));
    }),
  );
});
