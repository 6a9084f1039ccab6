import { describe, expect, it } from "vitest";
import { TransferError, type TransferErrorCode } from "../../../../services/transfer/index.ts";
import { inputProblem } from "../../../../services/worker/upload/transfers.ts";

const problemOf = (code: TransferErrorCode, status = 503) =>
  inputProblem(
    new TransferError(code, `GET https://storage.googleapis.com/b/o was answered ${status}.`, status),
  ).problem;

describe("an input that cannot be downloaded", () => {
  it.each(["unavailable", "connection-failed"] as const)(
    "because it is %s makes the job wait for it",
    (code) => {
      expect(problemOf(code)).toMatchObject({ code: "input-unavailable", retryable: true });
    },
  );

  it("because it does not exist ends the job", () => {
    expect(problemOf("not-found")).toMatchObject({ code: "input-not-found", retryable: false });
  });

  it("because the store refuses it makes the job wait, and says whose grant to look at", () => {
    const problem = problemOf("access-denied", 403);
    expect(problem).toMatchObject({ code: "input-access-denied", retryable: true });
    expect(problem.message).toBe(
      "Could not download the input: the store was answered 403: the account that signs downloads has to be granted the input (storage.objects.get; with Amazon S3 s3:GetObject), and a new grant or key takes minutes to spread.",
    );
  });

  it.each([
    ["no credential at all", "access-denied", 401],
    ["a wrong customer-supplied key", "access-denied", 400],
    ["a signature that does not match", "signature-refused", 403],
    ["a time that is over", "url-expired", 403],
  ] as const)("costs the attempt for %s, which no grant mends", (_, code, status) => {
    expect(problemOf(code, status)).toMatchObject({ code: "transfer-failed", retryable: true });
  });

  it("for another reason costs the attempt, and no address is told", () => {
    const problem = problemOf("checksum-mismatch");
    expect(problem).toMatchObject({ code: "transfer-failed", retryable: true });
    expect(problem.message).not.toContain("storage.googleapis.com");
  });
});
