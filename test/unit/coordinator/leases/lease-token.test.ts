import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkToken,
  issueToken,
  type LeaseClaims,
} from "../../../../services/coordinator/leases/lease-token.ts";

const key = randomBytes(32);
const now = new Date("2026-01-01T00:00:00Z");
const claims: LeaseClaims = {
  job: "job-1",
  attempt: 2,
  startedAt: now.getTime() - 5000,
  ackId: "ack/1+2=",
  deliveryAttempt: 3,
  generation: "1767225600000000",
  recordedAt: now.getTime() - 5000,
  expiresAt: now.getTime() + 60_000,
  input: "mezzanines/é clip.mp4",
  outputs: "outputs/job-1/2/",
};

describe("a lease token", () => {
  it("gives back what was signed", () => {
    expect(checkToken(key, issueToken(key, claims), now)).toEqual({ outcome: "valid", claims });
  });

  it("is expired from the very time it names", () => {
    const token = issueToken(key, claims);
    expect(checkToken(key, token, new Date(claims.expiresAt - 1)).outcome).toBe("valid");
    expect(checkToken(key, token, new Date(claims.expiresAt)).outcome).toBe("expired");
  });

  it("is refused with any one character changed", () => {
    const token = issueToken(key, claims);
    const changed = fc
      .tuple(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([at, other]) => token.slice(0, at) + other + token.slice(at + 1))
      .filter((text) => text !== token);
    fc.assert(
      fc.property(changed, (text) => {
        expect(checkToken(key, text, now)).toEqual({ outcome: "refused" });
      }),
      { numRuns: 2000 },
    );
  });

  it("is refused in the second spelling that base64url has for the last character", () => {
    const token = issueToken(key, claims);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(token.slice(-1));
    const sibling = token.slice(0, -1) + alphabet.charAt(last ^ 1);
    expect(Buffer.from(sibling.split(".")[2] ?? "", "base64url")).toEqual(
      Buffer.from(token.split(".")[2] ?? "", "base64url"),
    );
    expect(checkToken(key, sibling, now).outcome).toBe("refused");
  });

  it("is refused under another key", () => {
    expect(checkToken(randomBytes(32), issueToken(key, claims), now).outcome).toBe("refused");
  });

  it("is refused with another token's signature", () => {
    const [head, payload] = issueToken(key, { ...claims, attempt: 9 }).split(".");
    const mac = issueToken(key, claims).split(".")[2];
    expect(checkToken(key, `${String(head)}.${String(payload)}.${String(mac)}`, now).outcome).toBe("refused");
  });

  it.each<[string, object]>([
    ["one that is not known", { more: "unknown" }],
    ["a generation with letters after it", { generation: "12x" }],
    ["a generation with letters before it", { generation: "x12" }],
    ["outputs that are no folder", { outputs: "outputs/job-1/2" }],
    ["an attempt before the first", { attempt: 0 }],
    ["no input", { input: "" }],
  ])("is refused when signed claims are not those of this release: %s", (_what, odd) => {
    expect(checkToken(key, issueToken(key, { ...claims, ...odd }), now).outcome).toBe("refused");
  });

  it("is read by replicas of other releases: its form is version, claims and HMAC", () => {
    const [head, payload = "", mac] = issueToken(key, claims).split(".");
    expect(head).toBe("v1");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toEqual(claims);
    expect(mac).toBe(createHmac("sha256", key).update(`mpegflow-lease\nv1\n${payload}`).digest("base64url"));
  });

  it.each([
    ["a part more", (token: string) => `${token}.x`],
    ["an empty part more", (token: string) => `${token}.`],
    ["a part less", (token: string) => token.replace(/\.[^.]*$/, "")],
    ["its claims alone", (token: string) => token.split(".")[1] ?? ""],
    ["another version", (token: string) => token.replace("v1", "v2")],
  ])("is refused with %s", (_what, change) => {
    expect(checkToken(key, change(issueToken(key, claims)), now)).toEqual({ outcome: "refused" });
  });

  it("is checked once for all calls that a worker sends it with, for the last thousand tokens of a key", () => {
    const own = randomBytes(32);
    const tokens = Array.from({ length: 1001 }, (_, index) =>
      issueToken(own, { ...claims, attempt: index + 1 }),
    );
    const read = (token: string | undefined): LeaseClaims => {
      const check = checkToken(own, token ?? "", now);
      if (check.outcome === "refused") throw new Error("the token was refused");
      return check.claims;
    };
    const first = tokens.slice(0, 1000).map(read);
    // Claims that are the same object were not read out of the token again.
    for (const [index, token] of tokens.slice(0, 1000).entries()) expect(read(token)).toBe(first[index]);
    const last = read(tokens[1000]);
    expect(read(tokens[1000])).toBe(last);
    expect(read(tokens[1])).toBe(first[1]);
    expect(read(tokens[0])).not.toBe(first[0]);
    expect(read(tokens[0])).toEqual(first[0]);
  });

  it("never makes the check throw, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constant("v1..")), (text) => {
        expect(checkToken(key, text, now).outcome).toBe("refused");
      }),
    );
  });

  it("carries any claims there and back", () => {
    const anyClaims = fc.record({
      job: fc.constantFrom("a", "job-1", "z9"),
      attempt: fc.integer({ min: 1 }),
      startedAt: fc.integer({ min: 0 }),
      ackId: fc.string({ minLength: 1, unit: "grapheme" }),
      deliveryAttempt: fc.nat(),
      generation: fc.bigInt({ min: 1n, max: 10n ** 18n }).map(String),
      recordedAt: fc.integer({ min: 0 }),
      expiresAt: fc.integer({ min: now.getTime() + 1, max: now.getTime() + 600_000 }),
      input: fc.string({ minLength: 1, unit: "grapheme" }),
      outputs: fc.string({ unit: "grapheme" }).map((text) => `${text}/`),
    });
    fc.assert(
      fc.property(anyClaims, (any) => {
        expect(checkToken(key, issueToken(key, any), now)).toEqual({ outcome: "valid", claims: any });
      }),
    );
  });
});
