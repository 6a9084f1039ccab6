import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openProgram, output, type Program } from "../engine/program.ts";
import { stackExport, stackOutputs } from "../engine/support.ts";

let program: Program<object>;
beforeAll(async () => {
  program = await openProgram("migration", { "aws:region": "eu-central-1" });
});
afterAll(() => program.close());

describe("a migration between both clouds", () => {
  it("comes up", async () => {
    await program.upWell();
    expect(await stackOutputs(program.stack)).toMatchObject({
      jobNames: {
        first: expect.stringMatching(/^transferJobs\/\d+$/) as string,
        second: expect.stringMatching(/^transferJobs\/\d+$/) as string,
      },
      followJobName: expect.stringMatching(/^transferJobs\/\d+$/) as string,
      transferRoleArn: expect.stringMatching(
        /^arn:aws:iam::111122223333:role\/archive-transfer-[0-9a-f]{7}$/,
      ) as string,
      readerRoleArn: expect.stringMatching(/^arn:aws:iam::111122223333:role\/s3-reader-/) as string,
    });
  });

  it("shows no change when it is repeated", async () => {
    const { exitCode, stderr, diagnostics } = await program.preview({}, ["--expect-no-changes"]);
    expect(exitCode, stderr + JSON.stringify(diagnostics)).toBe(0);
  });

  it("shows no change after a refresh", async () => {
    const refreshed = await program.run(["refresh", "--skip-preview", "--expect-no-changes"]);
    expect(refreshed.exitCode, output(refreshed)).toBe(0);
  });

  it("switches a wave on, and the one before it off, in place", async () => {
    const { steps } = await program.preview({}, ["--config", "wave=second"]);
    const changes = steps
      .filter(({ op, newState }) => op !== "same" && !newState?.type.startsWith("mpegflow-gcs:"))
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`);
    expect(changes.sort()).toEqual(["update archive-first", "update archive-second"]);
  });

  it("holds no credential of AWS in its state", async () => {
    const state = JSON.stringify(await stackExport(program.stack));
    expect(state).not.toMatch(/awsAccessKey|secretAccessKey|AKIA[A-Z0-9]{16}/);
  });

  it("goes again, in order", async () => {
    const destroyed = await program.run(["destroy", "--skip-preview"]);
    expect(destroyed.exitCode, output(destroyed)).toBe(0);
    expect(
      (await program.cloud.control("GET", "/registry/aws%3As3%2Fbucket%3ABucket/studio-archive")).status,
    ).toBe(404);
  });
});
