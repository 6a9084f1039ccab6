import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Engine, findEngine, type Stack } from "../../sandbox/engine/index.ts";

/** The root of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A project below test/engine/fixtures. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** The real engine with a sandbox of its own in a temporary directory. */
export interface TestEngine extends Engine {
  readonly sandboxDirectory: string;
  /** Removes the sandbox. */
  dispose(): void;
}

/** Makes the engine ready; the first time on a machine this builds the Pulumi CLI, so call it in `beforeAll`. */
export async function openTestEngine(options: Parameters<typeof findEngine>[0] = {}): Promise<TestEngine> {
  const sandboxDirectory = mkdtempSync(join(tmpdir(), "mpegflow-engine-"));
  const engine = await findEngine({ sandboxDirectory, ...options });
  return {
    ...engine,
    sandboxDirectory,
    dispose: () => {
      rmSync(sandboxDirectory, { recursive: true, force: true });
    },
  };
}

const resourceStateSchema = z.looseObject({
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
const digestSchema = z.object({
  steps: z
    .array(
      z.looseObject({
        op: z.string(),
        urn: z.string(),
        oldState: resourceStateSchema.nullish(),
        newState: resourceStateSchema.nullish(),
      }),
    )
    .default([]),
  diagnostics: z
    .array(z.looseObject({ message: z.string(), severity: z.string(), urn: z.string().optional() }))
    .default([]),
  changeSummary: z.record(z.string(), z.number()).default({}),
});
export type PreviewDigest = z.infer<typeof digestSchema> & {
  readonly exitCode: number;
  /** What the preview printed besides the digest. */
  readonly stderr: string;
};

/** Previews a stack and returns what `--json` says: every step, every diagnostic, and how many resources of each operation. */
export async function previewDigest(
  stack: Stack,
  arguments_: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<PreviewDigest> {
  const { exitCode, stdout, stderr } = await stack.run(["preview", "--json", ...arguments_], { env });
  return { ...digestSchema.parse(firstJson(stdout)), exitCode, stderr };
}

/** The stack's outputs, secrets in clear. */
export async function stackOutputs(stack: Stack): Promise<Record<string, unknown>> {
  const { stdout } = await stack.run(["stack", "output", "--json", "--show-secrets"]);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(stdout));
}

const exportSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(z.looseObject({ urn: z.string(), type: z.string() })).default([]),
  }),
});

/** The stack's state, secrets encrypted, as `pulumi stack export` writes it. */
export async function stackExport(stack: Stack): Promise<z.infer<typeof exportSchema>> {
  const { stdout } = await stack.run(["stack", "export"]);
  return exportSchema.parse(JSON.parse(stdout));
}

/** A failing `preview --json` prints more after the digest. */
function firstJson(text: string): unknown {
  const end = text.indexOf("\n}");
  return JSON.parse(end < 0 ? text : text.slice(0, end + 2));
}
