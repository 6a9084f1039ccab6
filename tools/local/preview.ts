import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { findEngine } from "../../sandbox/engine/index.ts";
import { SetupError, type Report } from "../../sandbox/process/index.ts";
import { openDeployment } from "./deploy.ts";
import { places } from "./places.ts";

/**
 * `npm run preview -- STACK | DIRECTORY [STACK] [options of pulumi preview]`: what `pulumi up` would do in an empty project, with the
 * policy pack, and without a cloud account. A directory is another Pulumi project.
 */
export async function preview(args: readonly string[], report: Report): Promise<void> {
  const { projectDirectory, stack, extra } = previewTarget(args);
  const engine = await findEngine({ report, sandboxDirectory: places.sandbox });
  const deployment = await openDeployment(engine, stack, { projectDirectory });
  await deployment.preview(extra, report);
}

export interface PreviewTarget {
  readonly projectDirectory: string;
  readonly stack: string;
  /** Options for `pulumi preview`. */
  readonly extra: readonly string[];
}

/**
 * Reads the command line: what names a directory is a project, anything else a stack of this one.
 *
 * @throws SetupError when there is nothing to preview, or no telling which stack
 */
export function previewTarget(args: readonly string[], cwd = process.cwd()): PreviewTarget {
  const [target, second, ...rest] = args;
  if (target === undefined || target.startsWith("-")) {
    throw new SetupError(
      "Preview what? A stack, npm run preview -- prod, or a project, npm run preview -- examples/refused-stack",
    );
  }
  const directory = resolve(cwd, target);
  if (!existsSync(join(directory, "Pulumi.yaml"))) {
    if (/[/\\]/.test(target)) throw new SetupError(`${target} is no Pulumi project: it has no Pulumi.yaml.`);
    return { projectDirectory: places.root, stack: target, extra: args.slice(1) };
  }
  const named = second !== undefined && !second.startsWith("-");
  return {
    projectDirectory: directory,
    stack: named ? second : onlyStackOf(directory, target),
    extra: named ? rest : args.slice(1),
  };
}

/** The stack that a project configures, or `dev` where it configures none. */
function onlyStackOf(directory: string, target: string): string {
  const stacks = readdirSync(directory).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  if (stacks.length > 1) {
    throw new SetupError(
      `Which stack of ${target}? It configures ${stacks.join(", ")}: npm run preview -- ${target} ${stacks[0] ?? ""}`,
    );
  }
  return stacks[0] ?? "dev";
}
