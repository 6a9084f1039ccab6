import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SetupError } from "../process/index.ts";
import { stackFiles } from "./empty-stacks.ts";
import type { RunOptions, RunResult } from "./run.ts";
import {
  configuredKeys,
  elsewhereLines,
  encryptionSalt,
  parseProject,
  sandboxConfig,
} from "./stack-config.ts";
import type { Workspace } from "./workspace.ts";

export interface StackOptions {
  /** Directory with the Pulumi.yaml. */
  readonly projectDirectory: string;
  /** "local", "prod": configured by the project's Pulumi.<name>.yaml when it has one. */
  readonly name: string;
}

/** A stack of a project, in the sandbox. */
export interface Stack {
  readonly name: string;
  readonly project: string;
  /** The sandbox's copy of the stack's configuration. */
  readonly configFile: string;
  /** Takes the stack out of the state again where opening it made it, and nothing has been made in it since. */
  removeEmpty(): void;
  /**
   * Lines that say what of the configuration is not known here, and is taken in another way.
   *
   * @param arguments_ of the command to be run, which may give it: `--config KEY=VALUE`
   */
  taken(arguments_: readonly string[]): readonly string[];
  /**
   * Runs a Pulumi command on this stack: `["preview", "--diff"]`, `["stack", "output", "--json"]`. A failing command is a result,
   * not an error.
   *
   * @throws SetupError for an update of a stack with secrets that cannot be decrypted here
   */
  run(arguments_: readonly string[], options?: Omit<RunOptions, "cwd">): Promise<RunResult>;
}

type Run = (arguments_: readonly string[], options: RunOptions) => Promise<RunResult>;

/** Commands that read the stack's configuration, and so have a flag to say where it is. */
const configured = new Set(["config", "destroy", "import", "preview", "refresh", "up"]);

/**
 * Opens a stack of a project in the sandbox, creating it when it is not there. Its configuration is a copy, made anew each time:
 * the engine writes a stack's encryption salt into its configuration file, and the sandbox has no business in a file that is
 * committed and shared with the real environment.
 *
 * @throws SetupError when the stack cannot be created, or its configuration is of no use here
 */
export async function openStack(run: Run, workspace: Workspace, options: StackOptions): Promise<Stack> {
  const { projectDirectory, name } = options;
  const project = readProject(projectDirectory);
  const directory = join(workspace.configDirectory, project.name);
  const configFile = join(directory, `Pulumi.${name}.yaml`);
  const committedFile = join(projectDirectory, project.stackConfigDirectory, `Pulumi.${name}.yaml`);

  const files = stackFiles(workspace, project.name, name);
  const isNew = !files.exists();
  // Another preview of the same stack may put it back at the same time.
  if (isNew && !files.putBack() && !files.exists()) {
    // Created from a project of the same name that has nothing else, so that this writes into the sandbox only.
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "Pulumi.yaml"), `name: ${project.name}\nruntime: nodejs\n`);
    const { exitCode, stderr } = await run(["stack", "init", name, "--no-select"], { cwd: directory });
    if (exitCode !== 0) throw new SetupError(`Cannot create the stack ${name}: ${stderr.trim()}`);
  }
  const removeEmpty = isNew ? files.keepEmpty() : () => undefined;
  const salt = encryptionSalt(readOptional(configFile));
  const config = sandboxConfig(readOptional(committedFile), salt);
  writeFileSync(configFile, config.text, { mode: 0o600 });

  const runHere: Stack["run"] = (arguments_, runOptions = {}) => {
    const flags = configured.has(arguments_[0] ?? "") ? ["--config-file", configFile] : [];
    if (arguments_[0] === "up" && config.secrets.length > 0) {
      throw new SetupError(
        `${committedFile} holds secrets that only its own environment can decrypt (${config.secrets.join(", ")}), so the sandbox can preview the stack, not update it.`,
      );
    }
    // Removing a stack removes its configuration file as well, which it looks for in the project: here that is the copy.
    const cwd = removesStack(arguments_) ? directory : projectDirectory;
    return run([...arguments_, "--stack", name, ...flags], { ...runOptions, cwd });
  };
  return {
    name,
    project: project.name,
    configFile,
    removeEmpty,
    taken: (arguments_) =>
      elsewhereLines(config, basename(committedFile), configuredKeys(arguments_, project.name)),
    run: async (arguments_, runOptions) => {
      const destroy = arguments_.filter((argument) => argument !== "--remove");
      if (arguments_[0] !== "destroy" || destroy.length === arguments_.length)
        return runHere(arguments_, runOptions);
      const destroyed = await runHere(destroy, runOptions);
      if (destroyed.exitCode !== 0) return destroyed;
      const removed = await runHere(["stack", "rm", "--yes"], runOptions);
      return {
        ...removed,
        stdout: destroyed.stdout + removed.stdout,
        stderr: destroyed.stderr + removed.stderr,
      };
    },
  };
}

function removesStack([command, subcommand]: readonly string[]): boolean {
  return command === "stack" && ["delete", "remove", "rm"].includes(subcommand ?? "");
}

function readProject(directory: string): ReturnType<typeof parseProject> {
  const file = join(directory, "Pulumi.yaml");
  if (!existsSync(file)) throw new SetupError(`${directory} is no Pulumi project: it has no Pulumi.yaml.`);
  return parseProject(readFileSync(file, "utf8"), file);
}

function readOptional(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
