import { fileURLToPath } from "node:url";
import { z } from "zod";

/** `runtime.options` of Pulumi.yaml or PulumiPolicy.yaml: https://www.pulumi.com/docs/iac/languages-sdks/javascript/ */
const runtimeOptionsSchema = z.strictObject({
  typescript: z.boolean().default(true),
  nodeargs: z.string().default(""),
  tsconfig: z.string().optional(),
  packagemanager: z.enum(["auto", "npm", "yarn", "pnpm", "bun"]).default("auto"),
});

export type RuntimeOptions = z.infer<typeof runtimeOptionsSchema>;

/** @throws Error naming every option that is unknown or of the wrong type */
export function parseRuntimeOptions(options: unknown): RuntimeOptions {
  const result = runtimeOptionsSchema.safeParse(options ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `runtime.options${path.map((key) => `.${String(key)}`).join("")}: ${message}`,
  );
  throw new Error(problems.join("; "));
}

/** How the SDK's programs learn of the options. */
export function optionsEnvironment(options: RuntimeOptions): Record<string, string> {
  return {
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
    ...(options.tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

const quickStart = fileURLToPath(new URL("quick-start.cjs", import.meta.url));

/** What comes before the SDK's command for a program on Node's command line. */
export function programNodeArguments({ nodeargs, typescript }: RuntimeOptions): string[] {
  // Where the SDK compiles TypeScript, it loads none of the program's ES modules if anything was preloaded so.
  return [...splitArguments(nodeargs), ...(typescript ? [] : ["--require", quickStart])];
}

/** Splits `--title 'a b'` as a shell would split it: blanks separate, quotes group, a backslash takes the next character as it is. */
export function splitArguments(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    words.push(match[0].replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, unquote));
  }
  return words;
}

function unquote(_match: string, double?: string, single?: string, escaped?: string): string {
  return double?.replace(/\\(["\\])/g, "$1") ?? single ?? escaped ?? "";
}
