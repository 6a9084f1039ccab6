import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signPostPolicy, SigningError } from "../../../services/signing/index.ts";
import type { HmacKey, PolicyToSign, RsaKey } from "../../../services/signing/index.ts";
import { endpointOf, loadConformance } from "./vectors.ts";
import type { PolicyVector } from "./vectors.ts";

const conformance = loadConformance();

describe("Google's POST policy vectors", () => {
  if ("missing" in conformance) {
    it(`cannot run: ${conformance.missing}`, ({ skip }) => {
      skip(conformance.missing);
    });
    return;
  }
  const { policies, account } = conformance;
  const key: RsaKey = { kind: "rsa", ...account };

  it("are all there", () => {
    expect(policies).toHaveLength(11);
  });

  it.each(policies.map((vector) => [vector.description, vector] as const))("%s", async (_, vector) => {
    const { url, fields } = await signPostPolicy(key, policyOf(vector));
    expect({ url, fields }).toEqual(vector.policyOutput);
  });
});

const at = new Date("2026-11-23T10:20:30Z");
const goog: HmacKey = {
  kind: "hmac",
  scheme: "GOOG4",
  accessId: "GOOG1EXAMPLE",
  secret: "not/a/real+secret=",
};
const sound: PolicyToSign = { bucket: "media", object: "inbox/clip.mp4", ttlSeconds: 900, at };
const documentOf = async (key: HmacKey, policy: PolicyToSign): Promise<{ conditions: unknown[] }> => {
  const { fields } = await signPostPolicy(key, policy);
  return JSON.parse(Buffer.from(fields["policy"] ?? "", "base64").toString()) as { conditions: unknown[] };
};

describe("a POST policy", () => {
  it("is signed by an HMAC key over the document as it is sent", async () => {
    const { fields } = await signPostPolicy(goog, {
      ...sound,
      fields: { "x-goog-meta-note": "n".repeat(900) },
    });
    const signing = ["20261123", "auto", "storage", "goog4_request"].reduce<string | Buffer>(
      (secret, part) => createHmac("sha256", secret).update(part).digest(),
      `GOOG4${goog.secret}`,
    );
    expect(fields["x-goog-signature"]).toBe(
      createHmac("sha256", signing)
        .update(fields["policy"] ?? "")
        .digest("hex"),
    );
  });

  it("speaks the other scheme's fields with an AWS4 key, its session token among them", async () => {
    const aws: HmacKey = { ...goog, scheme: "AWS4", region: "eu-west-1", sessionToken: "token" };
    const { fields } = await signPostPolicy(aws, sound);
    expect(Object.keys(fields)).toEqual([
      "key",
      "x-amz-algorithm",
      "x-amz-credential",
      "x-amz-date",
      "x-amz-security-token",
      "x-amz-signature",
      "policy",
    ]);
  });

  it("can allow any file name under a prefix and nothing beside it", async () => {
    const { conditions } = await documentOf(goog, { ...sound, object: { under: "inbox/" } });
    expect(conditions).toContainEqual(["starts-with", "$key", "inbox/"]);
    expect((await signPostPolicy(goog, { ...sound, object: { under: "inbox/" } })).fields["key"]).toBe(
      "inbox/${filename}",
    );
  });

  it("has a condition for every field that the form sends", async () => {
    const policy = { ...sound, fields: { "content-type": "video/mp4" } };
    const { fields } = await signPostPolicy(goog, policy);
    const { conditions } = await documentOf(goog, policy);
    const conditioned = conditions.flatMap((condition) => Object.keys(condition as object));
    const needed = Object.keys(fields).filter((name) => !["policy", "x-goog-signature"].includes(name));
    expect(conditioned).toEqual(expect.arrayContaining(needed));
  });

  const refused: [string, Partial<PolicyToSign>, RegExp][] = [
    ["a field that the policy sets", { fields: { Key: "other" } }, /^fields: "Key" is set by the policy/],
    ["a field that the signer sets", { fields: { "X-Goog-Date": "x" } }, /^fields: "X-Goog-Date" is set by/],
    ["a field of the other scheme", { fields: { "x-amz-acl": "x" } }, /^fields: "x-amz-acl" does not belong/],
    ["a line break in a value", { fields: { "content-type": "a\r\nb" } }, /value not shown/],
    [
      "two conditions on one field",
      { fields: { acl: "private" }, conditions: [{ startsWith: "acl", value: "" }] },
      /^conditions: "acl" has a condition already/,
    ],
    ["a range of sizes upside down", { conditions: [{ contentLengthRange: [2, 1] }] }, /the smaller first/],
    ["a form variable in the name", { object: "inbox/${filename}" }, /holds a form variable/],
    ["a prefix without its slash", { object: { under: "inbox" } }, /^object.under:/],
    ["an empty prefix", { object: { under: "" } }, /^object: is empty/],
    ["a dot segment", { object: { under: "inbox/../" } }, /HTTP clients resolve/],
    ["eight days", { ttlSeconds: 691_200 }, /^ttlSeconds:/],
  ];

  it.each(refused)("is refused: %s", async (_, change, problem) => {
    const error: unknown = await signPostPolicy(goog, { ...sound, ...change }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SigningError);
    expect((error as SigningError).problems).toContainEqual(expect.stringMatching(problem));
  });
});

function policyOf({ policyInput: input }: PolicyVector): PolicyToSign {
  const { startsWith, contentLengthRange } = input.conditions ?? {};
  return {
    bucket: input.bucket,
    object: input.object,
    fields: input.fields,
    conditions: [
      ...(startsWith ? [{ startsWith: startsWith[0].replace(/^\$/, ""), value: startsWith[1] }] : []),
      ...(contentLengthRange ? [{ contentLengthRange }] : []),
    ],
    ttlSeconds: input.expiration,
    at: new Date(input.timestamp),
    endpoint: endpointOf(input),
  };
}
