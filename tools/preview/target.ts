import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { nearest } from "../../stacks/nearest.ts";
import { configuredStacks } from "../cli/stack.ts";
import { quoted } from "../cli/parameter.ts";
import { directories } from "../cli/directories.ts";
import { readProject } from "./project.ts";

export interface PreviewTarget {
  readonly projectDirectory: string;
  readonly stack: string;
}

/**
 * What names a Pulumi project is one, anything else a stack of this project.
 *
 * @param stack of another project
 */
export function findTarget(
  target: string,
  stack: string | undefined,
  cwd = process.cwd(),
): PreviewTarget | { readonly wrong: string } {
  const directory = resolve(cwd, target);
  if (existsSync(join(directory, "Pulumi.yaml"))) return ofProject(directory, target, stack);
  const known = configuredStacks();
  if (known.includes(target)) {
    return stack === undefined
      ? { projectDirectory: directories.root, stack: target }
      : { wrong: `STACK: ${quoted(stack)} is too much beside ${quoted(target)}, which is a stack already.` };
  }
  if (existsSync(`${directory}/.`))
    return { wrong: `TARGET: ${quoted(target)} is not a Pulumi project: it has no Pulumi.yaml.` };
  const meant = nearest(target, known);
  const suggestion = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return {
    wrong: `TARGET: ${quoted(target)} is neither a stack (${known.join(", ")}) nor the directory of a Pulumi project.${suggestion}`,
  };
}

function ofProject(
  directory: string,
  target: string,
  given: string | undefined,
): PreviewTarget | { readonly wrong: string } {
  // Of ORGANIZATION/PROJECT/STACK and ORGANIZATION/STACK the last part names the stack, and its configuration.
  const stack = given?.split("/").at(-1);
  if (given !== undefined && !/^[\w.-]{1,100}$/.test(stack ?? "")) {
    return {
      wrong: `STACK: ${quoted(given)} is not the name of a stack. Write STACK, ORGANIZATION/STACK or ORGANIZATION/PROJECT/STACK.`,
    };
  }
  const project = readProject(directory, target);
  if ("wrong" in project) return { wrong: `TARGET: ${project.wrong}` };
  const { stacks } = project;
  if (stack === undefined) {
    const [only = "dev", ...more] = stacks;
    return more.length === 0
      ? { projectDirectory: directory, stack: only }
      : { wrong: `STACK: is missing. ${quoted(target)} configures ${stacks.join(", ")}: name one of them.` };
  }
  // A project without any configuration may have a stack of any name.
  if (stacks.length === 0 || stacks.includes(stack)) return { projectDirectory: directory, stack };
  const meant = nearest(stack, stacks);
  const suggestion = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return {
    wrong: `STACK: ${quoted(stack)} is not a stack of ${quoted(target)} (${stacks.join(", ")}).${suggestion}`,
  };
}
