import { expect } from "vitest";
import type { RunResult, Stack } from "../../sandbox/engine/index.ts";
import { projectId, startTestCloud, type TestCloud } from "../unit/providers/local-cloud.ts";
import { fixture, openTestEngine, previewDigest, type PreviewDigest } from "./support.ts";

/** A program below test/engine/fixtures, on the real engine, in a cloud of its own; `Settings` vary the program. */
export interface Program<Settings extends object> {
  readonly stack: Stack;
  readonly cloud: TestCloud;
  run(arguments_: readonly string[], settings?: Settings): Promise<RunResult>;
  /** An update without a preview, however it ends. */
  up(settings?: Settings, arguments_?: readonly string[]): Promise<RunResult>;
  /** An update that has to succeed. */
  upWell(settings?: Settings): Promise<void>;
  preview(settings?: Settings, arguments_?: readonly string[]): Promise<PreviewDigest>;
  close(): Promise<void>;
}

/**
 * Opens a fixture's stack.
 *
 * @param config more of its configuration, beside the project
 * @param kubeconfig of a real API server for its clusters
 */
export async function openProgram<Settings extends object>(
  name: string,
  config: Readonly<Record<string, string>> = {},
  kubeconfig?: string,
): Promise<Program<Settings>> {
  const engine = await openTestEngine();
  const cloud = await startTestCloud(kubeconfig);
  const stack = await engine.stack({ projectDirectory: fixture(name), name: "dev" });
  for (const [key, value] of Object.entries({ "gcp:project": projectId, ...config })) {
    await stack.run(["config", "set", key, value]);
  }
  const environment = (settings?: Settings) => ({
    MPEGFLOW_SANDBOX_CLOUD: cloud.addressFile,
    SETTINGS: JSON.stringify(settings ?? {}),
  });
  const run = (arguments_: readonly string[], settings?: Settings): Promise<RunResult> =>
    stack.run([...arguments_], { env: environment(settings) });
  const up = (settings?: Settings, arguments_: readonly string[] = []): Promise<RunResult> =>
    run(["up", "--skip-preview", ...arguments_], settings);
  return {
    stack,
    cloud,
    run,
    up,
    upWell: async (settings) => {
      const update = await up(settings);
      expect(update.exitCode, output(update)).toBe(0);
    },
    preview: (settings, arguments_ = []) => previewDigest(stack, arguments_, environment(settings)),
    close: async () => {
      await cloud.close();
      engine.dispose();
    },
  };
}

/** All that a command printed. */
export const output = ({ stdout, stderr }: Pick<RunResult, "stdout" | "stderr">): string => stdout + stderr;
