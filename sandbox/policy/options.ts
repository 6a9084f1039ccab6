import { parseArgs } from "node:util";

export const FORMATS = ["table", "json", "sarif", "junit"] as const;
export type Format = (typeof FORMATS)[number];

export const USAGE = `npm run policy -- <state.json | stack> [options]

Judges the resources of a stack by the policy pack, without its program and without a cloud.
Exits with 1 when a mandatory policy is violated, with 2 when it could not judge.

  state.json            what "pulumi stack export" wrote
  stack                 the name of a stack of this directory's project

  --format <format>     ${FORMATS.join(", ")}; default table
  --config <file>       configuration of the policies, as "pulumi --policy-pack-config" takes it
  --pack <directory>    another policy pack; default this project's own
  --output <file>       write there instead of to standard output
  --help`;

export interface Options {
  readonly target: string;
  readonly format: Format;
  readonly config: string | undefined;
  readonly pack: string | undefined;
  readonly output: string | undefined;
}

/** What is wrong with the command line, one line a problem. */
export class UsageError extends Error {}

/**
 * @returns nothing where help is asked for
 * @throws UsageError naming everything that is wrong
 */
export function parseOptions(argv: readonly string[]): Options | undefined {
  const { values, positionals } = parsed(argv);
  if (values.help === true) return undefined;
  const { format = "table" } = values;
  const [target, ...more] = positionals;
  const problems = [
    ...(target === undefined ? ["name a state file or a stack"] : []),
    ...(more.length > 0 ? [`one state file or stack at a time; given also ${more.join(", ")}`] : []),
    ...(isFormat(format) ? [] : [`--format: given ${format}; allowed: ${FORMATS.join(", ")}`]),
  ];
  if (target === undefined || !isFormat(format) || problems.length > 0)
    throw new UsageError(problems.join("\n"));
  return { target, format, config: values.config, pack: values.pack, output: values.output };
}

function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text);
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        format: { type: "string" },
        config: { type: "string" },
        pack: { type: "string" },
        output: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
