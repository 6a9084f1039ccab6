import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { notOneOf, optional, type Parameter } from "./parameter.ts";

const directory = fileURLToPath(new URL("../../stacks", import.meta.url));

/** The stacks that this project configures, in stacks/Pulumi.<name>.yaml. */
export function configuredStacks(): string[] {
  return readdirSync(directory)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The regions in which a stack of stacks/ has clusters. */
export async function configuredRegions(stack: string): Promise<string[]> {
  // Loads the whole configuration, which `--help` does not need.
  const [{ committedConfig }, { readConfig }] = await Promise.all([
    import("../../stacks/committed.ts"),
    import("../../stacks/config.ts"),
  ]);
  const text = readFileSync(join(directory, `Pulumi.${stack}.yaml`), "utf8");
  const config = readConfig(committedConfig("mpegflow-gcs", stack, text));
  return "clusters" in config ? config.clusters.map(({ region }) => region) : [];
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
