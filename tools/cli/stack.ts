import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { notOneOf, optional, type Parameter } from "./parameter.ts";

const directory = fileURLToPath(new URL("../../stacks", import.meta.url));

/** The stacks that this project configures, in stacks/Pulumi.<name>.yaml. */
export function configuredStacks(): string[] {
  return readdirSync(directory)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** One of the stacks that this project configures. */
export function stackName(): Parameter<string | undefined> {
  return optional(
    { of: "text" },
    { placeholder: "STACK", meaning: "the name of a stack that stacks/ configures, such as prod" },
    (given) => {
      const known = configuredStacks();
      return known.includes(given) ? { value: given } : { wrong: notOneOf(given, known) };
    },
  );
}
