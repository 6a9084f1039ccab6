import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { committedConfig } from "../../../stacks/committed.ts";
import { readConfig } from "../../../stacks/config.ts";
import { platformArguments } from "../../../stacks/platform-arguments.ts";

const root = new URL("../../../", import.meta.url);

/** The committed stacks that run encoders, with the arguments of their platforms. */
export const committedPlatforms = globSync("stacks/Pulumi.*.yaml", { cwd: root }).flatMap((file) => {
  const stack = basename(file).replace(/^Pulumi\.|\.yaml$/g, "");
  const text = readFileSync(new URL(file, root), "utf8");
  const config = readConfig(committedConfig("mpegflow-gcs", stack, text));
  if (config.kind !== "platform") return [];
  return [{ stack, args: { ...platformArguments(config), clusters: config.clusters } }];
});
