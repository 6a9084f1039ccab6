import { describe, expect, it } from "vitest";
import { TransferError, type TransferErrorCode } from "../../../services/transfer/index.ts";
import { inputProblem } from "../../../services/worker/transfers.ts";

const problemOf = (code: TransferErrorCode) =>
  inputProblem(new TransferError(code, "GET https://storage.googleapis.com/b/o answered 503.")).problem;

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

  it("for another reason costs the attempt, and no address is told", () => {
    const problem = problemOf("checksum-mismatch");
    expect(problem).toMatchObject({ code: "transfer-failed", retryable: true });
    expect(problem.message).not.toContain("storage.googleapis.com");
  });
});
