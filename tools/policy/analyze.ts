import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runEngine, type Engine, type RunResult } from "../../sandbox/engine/index.ts";
import { environmentPolicies } from "./environments.ts";
import { violationsIn, type PolicyViolation } from "./events.ts";
import { resourcesIn } from "./judged.ts";
import { isStateFile } from "./target.ts";

export interface AnalysisOptions {
  /** A file with an exported state, or the name of a stack. */
  readonly target: string;
  /** A file of its own with the configuration of the policies. */
  readonly config: string | undefined;
  /** The environment whose configuration of the policies holds. */
  readonly environment: string | undefined;
  /** The directory of another policy pack. @default this project's own */
  readonly pack: string | undefined;
}

/** The analysis could not be made; the message says why, and what to do. */
export class AnalysisError extends Error {}

/** What an analysis has found. */
export interface Analysis {
  /** How many resources were judged, at least one. */
  readonly resources: number;
  readonly violations: readonly PolicyViolation[];
}

/**
 * Runs `pulumi policy analyze` on a state file or a stack. A file needs no backend, so the sandbox's engine reads it; a stack is
 * looked for where the user's own CLI keeps stacks, or in the sandbox where there is only the CLI that the sandbox built.
 *
 * @throws AnalysisError when the engine could not judge, or had nothing to judge
 */
export async function analyze(
  options: AnalysisOptions,
  engine: Engine,
  cwd = process.cwd(),
): Promise<Analysis> {
  const file = resolve(cwd, options.target);
  const isFile = isStateFile(options.target, cwd);
  const pack = resolve(cwd, options.pack ?? fileURLToPath(new URL("../../policy", import.meta.url)));
  const arguments_ = [
    ...["policy", "analyze", "--json", "--policy-pack", pack],
    ...configuration(options, isFile, cwd),
    ...(isFile ? ["--file", file] : ["--stack", options.target]),
  ];
  const own = !isFile && engine.cli.origin === "path";
  const run = (args: readonly string[]): Promise<RunResult> =>
    own ? runEngine(engine.cli.executable, args, process.env, { cwd }) : engine.run(args, { cwd });
  const state = isFile ? readFileSync(file, "utf8") : await exported(options.target, run, own, engine);
  const resources = resourcesIn(state);
  if (resources === 0) throw new AnalysisError(`${options.target} has no resources: nothing was judged.`);
  return { resources, violations: judged(await run(arguments_)) };
}

/** The state of a stack. */
async function exported(
  stack: string,
  run: (args: readonly string[]) => Promise<RunResult>,
  own: boolean,
  { workspace }: Engine,
): Promise<string> {
  const { exitCode, stdout, stderr } = await run(["stack", "export", "--stack", stack]);
  if (exitCode === 0) return stdout;
  const said = stderr.trim().replace(/^error: /, "") || `pulumi stack export ended with ${exitCode}`;
  throw new AnalysisError(
    `${said.replace(/\.$/, "")}. ` +
      (own
        ? "Looked in the backend of the pulumi on PATH: `pulumi whoami --verbose` shows which, `pulumi stack ls` its stacks."
        : `Looked in ${workspace.stateDirectory}, where \`npm run local\` keeps its stack, because there is no pulumi on PATH. ` +
          "For a stack that is elsewhere, give the file that `pulumi stack export --file FILE` writes."),
  );
}

/** What is asked for by name; else what the stack's own environment says, unless another pack judges. */
function configuration(
  { target, config, environment, pack }: AnalysisOptions,
  isFile: boolean,
  cwd: string,
): string[] {
  if (config !== undefined) return ["--policy-pack-config", resolve(cwd, config)];
  if (environment !== undefined) return environmentPolicies(environment);
  return isFile || pack !== undefined ? [] : environmentPolicies(target);
}

/** The CLI exits alike for violations and for its own troubles; only the former come as events. */
function judged({ exitCode, stdout, stderr }: RunResult): PolicyViolation[] {
  const violations = violationsIn(stdout);
  if (exitCode !== 0 && violations.every(({ level }) => level === "advisory")) {
    throw new AnalysisError(
      stderr.trim() || stdout.trim() || `pulumi policy analyze ended with ${exitCode}.`,
    );
  }
  return violations;
}
