import { describe, expect, it } from "vitest";
import {
  apiOf,
  decideRetry,
  defaultRetryPolicy,
  storeError,
  storeErrors,
} from "../../../services/transfer/index.ts";
import type { Api } from "../../../services/transfer/index.ts";

const apis: Api[] = ["gcs-json", "gcs-xml", "s3"];
const retried = (api: Api, status: number, reason: string | undefined, idempotent: boolean): boolean =>
  decideRetry(
    { kind: "answer", status, reason, api },
    { failures: 1, elapsedMs: 0, idempotent },
    defaultRetryPolicy,
    0,
  ).retry;

describe("the errors of a store", () => {
  // The default of Google's own client: https://docs.cloud.google.com/storage/docs/retry-strategy
  it.each(apis)("are tried again by status as Google's client does: %s", (api) => {
    const statuses = Array.from({ length: 200 }, (_, index) => 400 + index);
    expect(statuses.filter((status) => retried(api, status, undefined, true))).toEqual([
      408, 429, 500, 502, 503, 504,
    ]);
  });

  it.each(apis)("are tried again without idempotency only where nothing was done: %s", (api) => {
    const statuses = Array.from({ length: 200 }, (_, index) => 400 + index);
    expect(statuses.filter((status) => retried(api, status, undefined, false))).toEqual([429]);
  });

  it("throttle by 429 at Google and by 503 SlowDown at S3, before any work", () => {
    expect([storeError("gcs-xml", 429, "SlowDown").code, storeError("s3", 503, "SlowDown").code]).toEqual([
      "rate-limited",
      "rate-limited",
    ]);
    expect(retried("s3", 503, "SlowDown", false)).toBe(true);
    expect(retried("gcs-xml", 503, "SlowDown", false)).toBe(false);
  });

  it("are sent again when the bytes were damaged on the way", () => {
    expect([
      retried("gcs-xml", 400, "BadDigest", true),
      retried("gcs-xml", 400, "InvalidArgument", true),
    ]).toEqual([true, false]);
  });

  it.each(["gcs-xml", "s3"] as const)(
    "tell a signature that is wrong from a signer without a grant: %s",
    (api) => {
      const codes = ["SignatureDoesNotMatch", "RequestTimeTooSkewed", "AccessDenied", undefined].map(
        (reason) => storeError(api, 403, reason).code,
      );
      expect(codes).toEqual(["signature-refused", "signature-refused", "access-denied", "access-denied"]);
    },
  );

  it("each say in one line what they mean", () => {
    for (const { say } of Object.values(storeErrors).flat()) expect(say).toMatch(/^[a-z][^\n.]{10,140}$/);
  });

  it("have one row for each reason of a status", () => {
    for (const rows of Object.values(storeErrors)) {
      const keys = rows.map(({ status, reason }) => `${status} ${reason ?? ""}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it("are looked up by the scheme and host of the signed URL", () => {
    expect(apiOf("https://storage.googleapis.com/b/o?X-Goog-Algorithm=x")).toBe("gcs-xml");
    expect(apiOf("https://storage.googleapis.com/b/o?X-Amz-Algorithm=x")).toBe("gcs-xml");
    expect(apiOf("https://b.s3.eu-west-1.amazonaws.com/o?X-Amz-Algorithm=x")).toBe("s3");
  });
});
