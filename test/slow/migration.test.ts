import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunResult, Stack } from "../../sandbox/engine/index.ts";
import { projectId, startTestCloud, type TestCloud } from "../unit/providers/local-cloud.ts";
import {
  fixture,
  openTestEngine,
  previewDigest,
  stackExport,
  stackOutputs,
  type PreviewDigest,
  type TestEngine,
} from "../engine/support.ts";

let engine: TestEngine;
let cloud: TestCloud;
let stack: Stack;
beforeAll(async () => {
  engine = await openTestEngine();
  cloud = await startTestCloud();
  stack = await engine.stack({ projectDirectory: fixture("migration"), name: "dev" });
  await stack.run(["config", "set", "gcp:project", projectId]);
  await stack.run(["config", "set", "aws:region", "eu-central-1"]);
});
afterAll(async () => {
  await cloud.close();
  engine.dispose();
});

const environment = () => ({ MPEGFLOW_SANDBOX_CLOUD: cloud.addressFile });
const run = (...arguments_: string[]): Promise<RunResult> => stack.run(arguments_, { env: environment() });
const preview = (...arguments_: string[]): Promise<PreviewDigest> =>
  previewDigest(stack, arguments_, environment());
const output = ({ stdout, stderr }: RunResult): string => stdout + stderr;

describe("a migration between both clouds", () => {
  it("comes up", async () => {
    const up = await run("up", "--skip-preview");
    expect(up.exitCode, output(up)).toBe(0);
    expect(await stackOutputs(stack)).toMatchObject({
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
    const { exitCode, stderr, diagnostics } = await preview("--expect-no-changes");
    expect(exitCode, stderr + JSON.stringify(diagnostics)).toBe(0);
  });

  it("shows no change after a refresh", async () => {
    const refreshed = await run("refresh", "--skip-preview", "--expect-no-changes");
    expect(refreshed.exitCode, output(refreshed)).toBe(0);
  });

  it("switches a wave on, and the one before it off, in place", async () => {
    const { steps } = await preview("--config", "wave=second");
    const changes = steps
      .filter(({ op, newState }) => op !== "same" && !newState?.type.startsWith("mpegflow-gcs:"))
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`);
    expect(changes.sort()).toEqual(["update archive-first", "update archive-second"]);
  });

  it("holds no credential of AWS in its state", async () => {
    const state = JSON.stringify(await stackExport(stack));
    expect(state).not.toMatch(/awsAccessKey|secretAccessKey|AKIA[A-Z0-9]{16}/);
  });

  it("goes again, in order", async () => {
    const destroyed = await run("destroy", "--skip-preview");
    expect(destroyed.exitCode, output(destroyed)).toBe(0);
    expect((await cloud.control("GET", "/registry/aws%3As3%2Fbucket%3ABucket/studio-archive")).status).toBe(
      404,
    );
  });
});
