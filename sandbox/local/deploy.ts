import { z } from "zod";
import type { Engine } from "../engine/index.ts";
import { prepareWorkspace } from "./workspace.ts";
import { places } from "./places.ts";
import { SetupError } from "../process/index.ts";

/** The outputs of stacks/index.ts that a local run needs. */
const outputsSchema = z.looseObject({
  bucketName: z.string(),
  jobsTopic: z.string(),
  jobEventsTopic: z.string(),
  signerSecretVersion: z.string(),
  /** By region: `NAMESPACE/SERVICE`. */
  coordinatorServices: z.record(z.string(), z.string()),
});
export type StackOutputs = z.infer<typeof outputsSchema>;

/** One stack, and the engine at work on it. */
export interface Deployment {
  preview(extra?: readonly string[]): Promise<void>;
  update(): Promise<void>;
  outputs(): Promise<StackOutputs>;
  destroy(): Promise<void>;
}

/**
 * @param print told the engine's own output as it comes
 * @param effects environment for the ambient providers: where the local cloud is; empty for a preview alone
 */
export async function openDeployment(
  engine: Engine,
  stack: string,
  options: { print: (text: string) => void; effects: Record<string, string> },
): Promise<Deployment> {
  const { print, effects } = options;
  const cwd = prepareWorkspace(stack);
  const run = async (args: readonly string[], onOutput?: (text: string) => void) => {
    const result = await engine.run([...args, "--non-interactive"], {
      cwd,
      env: effects,
      ...(onOutput && { onOutput }),
    });
    // The engine takes Ctrl-C itself, and ends what it has begun.
    if (result.interrupted) throw new SetupError(`pulumi ${args[0] ?? ""} of stack ${stack} was interrupted`);
    if (result.exitCode !== 0) {
      // What went wrong has been printed by the engine itself, unless nobody was listening.
      const detail = onOutput === undefined ? `: ${result.stderr.trim()}` : ", see above";
      throw new SetupError(`pulumi ${args[0] ?? ""} of stack ${stack} failed${detail}`);
    }
    return result;
  };
  await run(["stack", "select", "--create", "--stack", stack]);
  const common = ["--stack", stack, "--policy-pack", places.policyPack] as const;
  return {
    preview: async (extra = []) => {
      await run(["preview", ...common, ...extra], print);
    },
    update: async () => {
      await run(["up", "--yes", "--skip-preview", ...common], print);
    },
    outputs: async () => {
      const { stdout } = await run(["stack", "output", "--json", "--stack", stack]);
      return outputsSchema.parse(JSON.parse(stdout));
    },
    destroy: async () => {
      await run(["destroy", "--yes", "--skip-preview", "--stack", stack], print);
    },
  };
}
