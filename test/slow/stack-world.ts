import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { RunResult, Stack } from "../../sandbox/engine/index.ts";
import { PLACEHOLDER_SUBJECT_ID } from "../../stacks/placeholders.ts";
import type { SettingKey } from "../../stacks/settings.ts";
import { previewDigest, root, type PreviewDigest, type TestEngine } from "../engine/support.ts";
import { projectId, projectNumber } from "../unit/providers/local-cloud.ts";

/**
 * Types of what holds data, or what data cannot be read or found without. What a cluster holds is not among it: the stack makes that again.
 */
export const DATA_BEARING =
  /^(?!kubernetes:)(?:.*:)?(Bucket|Topic|Subscription|Secret|HmacKey|CryptoKey|KeyRing|Dataset|Table)$/;

/** A stack's keys, as they stand below `mpegflow-gcs:` in its file. */
export type Values = Readonly<Partial<Record<SettingKey, unknown>>>;

/** A stack of the project's own program with a configuration of the test's, in a test cloud. */
export interface ConfiguredStack {
  up(values: Values): Promise<RunResult>;
  preview(values: Values): Promise<PreviewDigest>;
  readonly stack: Stack;
}

export async function openConfiguredStack(
  engine: TestEngine,
  name: string,
  addressFile: string,
): Promise<ConfiguredStack> {
  const stack = await engine.stack({ projectDirectory: root, name });
  const env = { MPEGFLOW_SANDBOX_CLOUD: addressFile };
  const configure = (values: Values): void => {
    const salt = /^encryptionsalt:.*$/m.exec(readFileSync(stack.configFile, "utf8"))?.[0] ?? "";
    const own = Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`mpegflow-gcs:${key}`, value] as const);
    const config = {
      "pulumi:disable-default-providers": ["gcp", "kubernetes"],
      "aws:region": "eu-central-1",
      ...Object.fromEntries(own),
    };
    // Quoted: the engine takes a text that looks like a time for one.
    const text = stringify({ config }, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" });
    writeFileSync(stack.configFile, `${salt}\n${text}`);
  };
  return {
    stack,
    up: (values) => {
      configure(values);
      return stack.run(["up", "--yes", "--skip-preview"], { env });
    },
    preview: (values) => {
      configure(values);
      return previewDigest(stack, [], env);
    },
  };
}

/** The committed environments, but for the one that is made for the local cloud. */
export const committedEnvironments = globSync("stacks/Pulumi.*.yaml", { cwd: root })
  .map((file) => file.replace(/^.*Pulumi\.|\.yaml$/g, ""))
  .filter((name) => name !== "local")
  .toSorted();

/** A committed environment with the test cloud's project, and digests in the place of placeholders. */
export function committedValues(name: string): Values {
  const file = readFileSync(join(root, "stacks", `Pulumi.${name}.yaml`), "utf8");
  const known = file
    .replaceAll(/sha256:0{64}/g, `sha256:${"a".repeat(64)}`)
    .replaceAll(PLACEHOLDER_SUBJECT_ID, "100000000123456789012");
  const { config } = parse(known) as { config: Record<string, unknown> };
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith("mpegflow-gcs:"))
    .map(([key, value]) => [key.replace("mpegflow-gcs:", ""), value] as const);
  return { ...Object.fromEntries(own), projectId, projectNumber };
}
