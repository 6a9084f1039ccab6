import { existsSync, readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { defineCommand } from "../cli/command.ts";
import { outputDirectory } from "../cli/files.ts";
import { optional, quoted, required, type Reading } from "../cli/parameter.ts";

export const newProject = defineCommand({
  description: [
    "Makes a Pulumi project with three components of mpegflow-gcs: a copy of examples/importing-stack, with its packages installed. Takes a minute or two.",
  ],
  arguments: {
    directory: required(
      optional(
        { of: "output", format: "directory" },
        {
          placeholder: "DIRECTORY",
          meaning:
            "a directory that does not exist yet or is empty, such as ../my-stack; its name is the project's",
        },
        newDirectory,
      ),
    ),
  },
  options: {},
  examples: [
    ["../my-stack", "a project beside this one; `npm run preview -- ../my-stack` shows what it declares"],
  ],
  exits: {
    0: "the project is there",
    1: "npm failed to pack or to install",
    2: "the command line is wrong; nothing was made",
  },
  docs: "docs/importing.md",
  run: async ({ directory }, { report }) => {
    const { newStack } = await import("./new-stack.ts");
    await newStack(directory, report);
    return 0;
  },
});

const writable = outputDirectory({ meaning: "" });

async function newDirectory(target: string): Promise<Reading<string>> {
  const reading = await writable.read([target]);
  if ("wrong" in reading) return reading;
  const directory = resolve(target);
  const name = basename(directory);
  if (existsSync(directory) && readdirSync(directory).length > 0)
    return { wrong: `${quoted(target)} is not empty. Name a directory that does not exist yet` };
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    return {
      wrong: `${quoted(name)} is not the name of a Pulumi project: up to 100 letters, digits, "-", "_" and "."`,
    };
  }
  return { value: target };
}
