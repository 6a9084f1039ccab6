import { randomBytes } from "node:crypto";
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

  it("is refused when signed claims are not those of this release", () => {
    const odd = { ...claims, more: "unknown" };
    expect(checkToken(key, issueToken(key, odd), now).outcome).toBe("refused");
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
