import { readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import type { RunResult, Stack } from "../../sandbox/engine/index.ts";
import type { SettingKey } from "../../stacks/settings.ts";
import { previewDigest, root, type PreviewDigest, type TestEngine } from "../engine/support.ts";

/** Types of what holds data, or what data cannot be read or found without. */
export const DATA_BEARING =
  /(^|:)(Bucket|Topic|Subscription|Secret|HmacKey|CryptoKey|KeyRing|Dataset|Table)$/;

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
    writeFileSync(stack.configFile, `${salt}\n${stringify({ config })}`);
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
