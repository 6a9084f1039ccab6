import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine, RunResult, Stack } from "../../../../sandbox/engine/index.ts";
import { openWorkspace } from "../../../../sandbox/engine/workspace.ts";
import { openDeployment } from "../../../../tools/local/deploy.ts";
import { assumptionsVariable, type Assumption } from "../../../../sandbox/providers/assumptions.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-deploy-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** An engine whose providers take what is in `notes`. */
function engineTaking(notes: readonly Assumption[], exitCode = 0) {
  const stack: Stack = {
    name: "local",
    project: "mpegflow-gcs",
    taken: () => [],
    configFile: join(directory, "Pulumi.local.yaml"),
    removeEmpty: () => undefined,
    run: (_arguments, options): Promise<RunResult> => {
      const file = options?.env?.[assumptionsVariable];
      if (file !== undefined) appendFileSync(file, notes.map((note) => `${JSON.stringify(note)}\n`).join(""));
      return Promise.resolve({ exitCode, stdout: "", stderr: "", interrupted: false });
    },
  };
  const engine: Engine = {
    cli: { executable: "pulumi", version: "3.259.0", origin: "built" },
    workspace: openWorkspace(directory),
    run: () => Promise.reject(new Error("not asked")),
    stack: () => Promise.resolve(stack),
  };
  return engine;
}

const zones: Assumption = { kind: "function", what: "gcp:compute/getZones:getZones", which: "" };

test("a preview says what it took, also where it fails", async () => {
  const said: string[] = [];
  const engine = engineTaking([zones], 1);
  const deployment = await openDeployment(engine, "local");
  await expect(deployment.preview([], (line) => said.push(line))).rejects.toThrow(/failed/);
  expect(said).toEqual([expect.stringContaining("gcp:compute/getZones:getZones")]);
});
