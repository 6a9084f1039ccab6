import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runEngine, type Engine, type RunResult } from "../../sandbox/engine/index.ts";
import { environmentPolicies } from "./environments.ts";
import { violationsIn, type PolicyViolation } from "./events.ts";
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

/**
 * Runs `pulumi policy analyze` on a state file or a stack. A file needs no backend, so the sandbox's engine reads it; a stack is
 * looked for where the user's own CLI keeps stacks, or in the sandbox where there is only the CLI that the sandbox built.
 *
 * @throws AnalysisError when the engine could not judge
 */
export async function analyze(
  options: AnalysisOptions,
  engine: Engine,
  cwd = process.cwd(),
): Promise<PolicyViolation[]> {
  const file = resolve(cwd, options.target);
  const isFile = isStateFile(options.target, cwd);
  const pack = resolve(cwd, options.pack ?? fileURLToPath(new URL("../../policy", import.meta.url)));
  const arguments_ = [
    ...["policy", "analyze", "--json", "--policy-pack", pack],
    ...configuration(options, isFile, cwd),
    ...(isFile ? ["--file", file] : ["--stack", options.target]),
  ];
  const own = !isFile && engine.cli.origin === "path";
  const result = own
    ? await runEngine(engine.cli.executable, arguments_, process.env, { cwd })
    : await engine.run(arguments_, { cwd });
  return judged(result);
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
