import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Engine } from "../../sandbox/engine/index.ts";
import { type Assumption, startPreviewServer, assumptionLines } from "../../sandbox/preview/index.ts";
import { SetupError } from "../../sandbox/process/index.ts";
import { environmentPolicies } from "../policy/environments.ts";
import { directories } from "../cli/directories.ts";

/** The outputs of stacks/index.ts that a local run needs. */
const outputsSchema = z.looseObject({
  bucketName: z.string(),
  jobsTopic: z.string(),
  jobEventsTopic: z.string(),
  readSignerEmail: z.string(),
  /** Of a signer with HMAC keys only. */
  signerSecretVersion: z.string().optional(),
  /** By region: `NAMESPACE/SERVICE`. */
  coordinatorServices: z.record(z.string(), z.string()),
});
export type StackOutputs = z.infer<typeof outputsSchema>;

const stateSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z
      .array(
        z.looseObject({
          urn: z.string(),
          type: z.string(),
          custom: z.boolean().default(false),
          id: z.string().optional(),
          parent: z.string().optional(),
          dependencies: z.array(z.string()).default([]),
        }),
      )
      .default([]),
  }),
});

/** A resource as the engine's state export has it, without its properties: those may be secret. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly dependencies: readonly string[];
}

/** One stack, and the engine at work on it. Each call throws SetupError when the engine fails. */
export interface Deployment {
  /**
   * Shows what an update would do. What the sandbox has no model of is taken as it is declared. A stack that was not there before is not
   * there afterwards.
   *
   * @param say gets a line for each way in which something was taken
   */
  preview(extra: readonly string[], say: (line: string) => void): Promise<void>;
  /**
   * Shows the preview, then carries it out.
   *
   * @param config settings in place of the stack's own: `mpegflow-gcs:KEY=VALUE`
   */
  update(config?: readonly string[]): Promise<void>;
  outputs(): Promise<StackOutputs>;
  /** What the engine's state holds. */
  resources(): Promise<readonly StateResource[]>;
  destroy(): Promise<void>;
}

export interface DeploymentOptions {
  /** Environment for the ambient providers: where the local cloud is. @default none, for a preview alone */
  readonly effects?: Readonly<Record<string, string>>;
  /** Where the engine's output goes: stderr leaves stdout to whoever reads it. @default stdout */
  readonly shownOn?: "stdout" | "stderr";
  /** The project whose stack it is. @default this one */
  readonly projectDirectory?: string;
}

/** @throws SetupError for a stack of this project that has no configuration, naming those that have */
export async function openDeployment(
  engine: Engine,
  name: string,
  { effects = {}, shownOn = "stdout", projectDirectory = directories.root }: DeploymentOptions = {},
): Promise<Deployment> {
  const own = projectDirectory === directories.root;
  if (own) requireConfigured(name);
  const stack = await engine.stack({ projectDirectory, name });
  const run = async (args: readonly string[], shown: boolean, env: NodeJS.ProcessEnv = {}) => {
    // On a terminal the engine draws its live tree itself.
    const live = shown && shownOn === "stdout" && process.stdout.isTTY;
    const result = await stack.run(live ? args : [...args, "--non-interactive"], {
      env: { ...effects, ...env },
      inheritOutput: live,
      ...(shown &&
        !live && {
          onOutput: (text, stream) => {
            process[shownOn === "stderr" ? shownOn : stream].write(text);
          },
        }),
    });
    const command = `pulumi ${args[0] ?? ""} of stack ${name}`;
    // The engine takes Ctrl-C itself, and ends what it has begun.
    if (result.interrupted) throw new SetupError(`${command} was interrupted.`);
    if (result.exitCode !== 0) {
      throw new SetupError(`${command} failed${shown ? ", see above." : `: ${result.stderr.trim()}`}`);
    }
    return result;
  };
  const policies = ["--policy-pack", directories.policyPack, ...(own ? environmentPolicies(name) : [])];
  const preview = async (extra: readonly string[], taken: (notes: readonly Assumption[]) => void) => {
    const desk = await startPreviewServer(engine.workspace, {
      cloudless: !("MPEGFLOW_SANDBOX_CLOUD" in effects),
    });
    try {
      await run(["preview", ...policies, ...extra], true, desk.environment);
    } finally {
      taken(desk.assumptions());
      desk.close();
      // An empty stack would look as if something had been made, and nothing in it were wrong.
      stack.removeEmpty();
    }
  };
  return {
    preview: async (extra, say) => {
      stack.taken(extra).forEach((line) => {
        say(line);
      });
      await preview(extra, (notes) => {
        assumptionLines(notes).forEach(say);
      });
    },
    update: async (config = []) => {
      await run(
        ["up", "--yes", "--suppress-outputs", ...policies, ...config.flatMap((one) => ["--config", one])],
        true,
      );
    },
    outputs: async () => {
      const { stdout } = await run(["stack", "output", "--json"], false);
      return outputsSchema.parse(JSON.parse(stdout));
    },
    resources: async () => {
      const { stdout } = await run(["stack", "export"], false);
      return stateSchema
        .parse(JSON.parse(stdout))
        .deployment.resources.map(({ urn, type, custom, id, parent, dependencies }) => ({
          ...{ urn, type, custom, dependencies },
          ...(id !== undefined && { id }),
          ...(parent !== undefined && parent !== "" && { parent }),
        }));
    },
    destroy: async () => {
      await run(["destroy", "--yes", "--skip-preview", "--remove"], true);
    },
  };
}

function requireConfigured(name: string): void {
  const known = readdirSync(join(directories.root, "stacks")).flatMap(
    (file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [],
  );
  if (!known.includes(name)) {
    throw new SetupError(
      `There is no stack ${JSON.stringify(name)}: stacks/ configures ${known.join(", ")}.`,
    );
  }
}
