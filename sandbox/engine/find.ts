import { fileURLToPath } from "node:url";
import { defaultCacheDirectory, type Report, terminalReport } from "../process/index.ts";
import { type Cli, findCli } from "./cli.ts";
import { engineEnvironment } from "./environment.ts";
import { removeDeadLocks } from "./locks.ts";
import { installPlugins, type Plugin, sandboxPlugins } from "./plugins.ts";
import { runEngine, type RunOptions, type RunResult } from "./run.ts";
import { openStack, type Stack, type StackOptions } from "./stack.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

export interface FindOptions {
  /** What is built once per machine. @default the user's cache: $XDG_CACHE_HOME or ~/.cache, then mpegflow-gcs */
  readonly cacheDirectory?: string;
  /** Stack states, plugins and passphrase. @default .sandbox at the root of this project */
  readonly sandboxDirectory?: string;
  /** Told when something takes long. @default lines on standard error */
  readonly report?: Report;
  /** The plugins the engine has. @default the language host and the sandbox's providers */
  readonly plugins?: readonly Plugin[];
  /** What PATH is read from and the engine inherits. @default this process's environment */
  readonly env?: NodeJS.ProcessEnv;
}

/** The real Pulumi engine with the sandbox's plugins. */
export interface Engine {
  readonly cli: Cli;
  readonly workspace: Workspace;
  /** Runs a Pulumi command, such as `["up", "--stack", "local"]`. A failing command is a result, not an error. */
  run(arguments_: readonly string[], options: RunOptions): Promise<RunResult>;
  /**
   * Opens a stack, creating it in the sandbox when it is not there.
   *
   * @throws SetupError when it cannot be created, or its configuration is of no use here
   */
  stack(options: StackOptions): Promise<Stack>;
}

/**
 * Makes the Pulumi engine ready: finds or builds the CLI, and installs the plugins for it.
 *
 * @throws SetupError when there is no CLI and it cannot be built
 */
export async function findEngine(options: FindOptions = {}): Promise<Engine> {
  const {
    cacheDirectory = defaultCacheDirectory(options.env),
    sandboxDirectory = fileURLToPath(new URL("../../.sandbox", import.meta.url)),
    report = terminalReport(),
    env = process.env,
  } = options;
  const cli = await findCli(cacheDirectory, report, env);
  const workspace = openWorkspace(sandboxDirectory);
  installPlugins(workspace.homeDirectory, options.plugins ?? sandboxPlugins());
  const run: Engine["run"] = (arguments_, runOptions) => {
    removeDeadLocks(workspace.stateDirectory);
    const environment = engineEnvironment(env, workspace, cacheDirectory, runOptions.env);
    return runEngine(cli.executable, arguments_, environment, runOptions);
  };
  return { cli, workspace, run, stack: (stackOptions) => openStack(run, workspace, stackOptions) };
}
