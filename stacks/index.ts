import * as pulumi from "@pulumi/pulumi";
import { readConfig } from "./config.ts";
import { placeholdersIn, refusal } from "./placeholders.ts";
import { stackResources } from "./resources.ts";

const stack = pulumi.getStack();
const config = readConfig({
  project: pulumi.getProject(),
  stack,
  values: pulumi.runtime.allConfig(),
  secretKeys: JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[],
});

const placeholders = placeholdersIn(config, pulumi.getProject());
if (placeholders.length > 0) {
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(refusal(stack, placeholders));
  await pulumi.log.warn(refusal(stack, placeholders));
}

/** The stack's outputs. */
export default await stackResources(config);
