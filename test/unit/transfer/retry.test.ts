import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decideRetry,
  defaultRetryPolicy,
  isAmbiguous,
  parseRetryAfter,
} from "../../../services/transfer/index.ts";
import type { Failure, RetryState } from "../../../services/transfer/index.ts";

const answered = (status: number, retryAfterMs?: number): Failure => ({
  kind: "answer",
  status,
  retryAfterMs,
});
const broken = (code: string): Failure => ({ kind: "connection", code });
const first: RetryState = { failures: 1, elapsedMs: 0, idempotent: true };
const decide = (failure: Failure, state: Partial<RetryState> = {}, random = 0.5) =>
  decideRetry(failure, { ...first, ...state }, defaultRetryPolicy, random);

describe("the decision to try again", () => {
  it.each([408, 429, 500, 502, 503, 504])("is yes after status %d", (status) => {
    expect(decide(answered(status)).retry).toBe(true);
  });

  it.each([301, 400, 401, 403, 404, 409, 411, 412, 416, 501])("is no after status %d", (status) => {
    expect(decide(answered(status))).toEqual({ retry: false, because: "permanent" });
  });

  it.each([
    "ECONNRESET",
    "ECONNREFUSED",
    "EPIPE",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "UND_ERR_SOCKET",
    "UND_ERR_BODY_TIMEOUT",
  ])("is yes after %s", (code) => {
    expect(decide(broken(code)).retry).toBe(true);
  });

  it.each(["CERT_HAS_EXPIRED", "ENOTFOUND", "UND_ERR_INVALID_ARG"])("is no after %s", (code) => {
    expect(decide(broken(code))).toEqual({ retry: false, because: "permanent" });
  });

  it.each([answered(503), answered(408), broken("ECONNRESET")])(
    "is no for what must not happen twice when it may have happened: %j",
    (failure) => {
      expect(decide(failure, { idempotent: false })).toEqual({ retry: false, because: "not-idempotent" });
    },
  );

  it.each([answered(429), broken("ECONNREFUSED")])(
    "is yes even then when nothing can have happened: %j",
    (failure) => {
      expect([decide(failure, { idempotent: false }).retry, isAmbiguous(failure)]).toEqual([true, false]);
    },
  );

  it("is no when the retries are used up", () => {
    expect(decide(answered(503), { failures: 9 })).toEqual({ retry: false, because: "exhausted" });
  });

  it("is no when the wait would go beyond the total time", () => {
    expect(decide(answered(503), { elapsedMs: 599_800 })).toEqual({ retry: false, because: "exhausted" });
  });

  it("is no when the store asks for more patience than there is", () => {
    expect(decide(answered(429, 601_000))).toEqual({ retry: false, because: "exhausted" });
  });
});

describe("the wait before the next try", () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [4, 8000],
    [7, 64_000],
    [8, 64_000],
  ])("is after failure %d anything below %d ms", (failures, longest) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        expect(decide(answered(503), { failures }, random)).toEqual({
          retry: true,
          afterMs: random * longest,
        });
      }),
    );
  });

  it("comes on top of what the store asks for", () => {
    expect(decide(answered(429, 5000), {}, 0.25)).toEqual({ retry: true, afterMs: 5250 });
  });

  it("never lets the total time be exceeded", () => {
    const state = fc.record({
      failures: fc.integer({ min: 1, max: 20 }),
      elapsedMs: fc.nat(1_000_000),
      idempotent: fc.boolean(),
    });
    fc.assert(
      fc.property(
        state,
        fc.nat(700_000),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (now, retryAfter, random) => {
          const decision = decide(answered(503, retryAfter), now, random);
          expect(!decision.retry || now.elapsedMs + decision.afterMs <= defaultRetryPolicy.totalMs).toBe(
            true,
          );
        },
      ),
    );
  });
});

describe("Retry-After", () => {
  const now = new Date("2026-11-23T10:00:00Z");

  it.each([
    ["120", 120_000],
    ["0", 0],
    ["Mon, 23 Nov 2026 10:00:30 GMT", 30_000],
    ["Mon, 23 Nov 2026 09:00:00 GMT", 0],
    ["soon", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    [undefined, undefined],
  ])("%j means %j ms", (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});
