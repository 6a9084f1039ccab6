import { parse } from "yaml";
import { z } from "zod";
import type { RawConfig } from "./config.ts";

const fileSchema = z.looseObject({ config: z.record(z.string(), z.unknown()).default({}) });

/**
 * A stack's committed configuration as the engine would hand it over: numbers and booleans as text, lists and objects as JSON.
 * Values that are encrypted there are left out: only their environment can read them.
 *
 * @param text of `Pulumi.<stack>.yaml`
 */
export function committedConfig(project: string, stack: string, text: string): RawConfig {
  const { config } = fileSchema.parse(parse(text));
  const values = Object.entries(config)
    .filter(([, value]) => !isEncrypted(value))
    .map(([key, value]) => [key, engineText(value)] as const);
  return { project, stack, values: Object.fromEntries(values) };
}

const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "secure" in value;

const engineText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
