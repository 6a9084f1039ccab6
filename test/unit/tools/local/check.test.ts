import { describe, expect, it } from "vitest";
import { runProblems } from "../../../../tools/local/check.ts";

describe("a run", () => {
  it("that asks for nothing special has no problem", () => {
    expect(runProblems({ profile: undefined, config: [] })).toEqual([]);
  });

  it("takes a profile of the workers, a key of the stack or a part of its value, and other namespaces", () => {
    const config = [
      "mpegflow-gcs:signer=SIGN_BLOB",
      "mpegflow-gcs:clusters[0].region=us-east1",
      "gcp:region=x",
    ];
    expect(runProblems({ profile: "cmaf-h264", config })).toEqual([]);
  });

  it("is refused for a profile that no worker has and a key that no stack has, both at once", () => {
    expect(runProblems({ profile: "cmaf-h246", config: ["mpegflow-gcs:sgner=SIGN_BLOB"] })).toEqual([
      '--config: unknown key "sgner". Did you mean signer?',
      expect.stringMatching(/^--profile: "cmaf-h246" is not one of .*Did you mean cmaf-h264\?$/),
    ]);
  });

  it("may bring profiles of its own", () => {
    expect(runProblems({ profile: "mine", config: ["mpegflow-gcs:profiles={}"] })).toEqual([]);
  });
});
