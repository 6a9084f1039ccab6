import { parseArgs } from "node:util";
import { environments } from "./environments.ts";

export const FORMATS = ["table", "json", "sarif", "junit"] as const;
export type Format = (typeof FORMATS)[number];

export const USAGE = `npm run policy -- <state.json | stack> [options]

Judges the resources of a stack by the policy pack, without its program and without a cloud.
Exits with 1 when a mandatory policy is violated, with 2 when it could not judge.

  state.json            what "pulumi stack export" wrote
  stack                 the name of a stack of this directory's project

  --environment <name>  levels and settings of policy/environments/<name>.json; default the stack's name, none for a file
  --format <format>     ${FORMATS.join(", ")}; default table
  --config <file>       configuration of the policies, as "pulumi --policy-pack-config" takes it
  --pack <directory>    another policy pack; default this project's own
  --output <file>       write there instead of to standard output
  --help`;

export interface Options {
  readonly target: string;
  readonly format: Format;
  /** A file of its own with the configuration of the policies. */
  readonly config: string | undefined;
  /** The environment whose configuration of the policies holds. */
  readonly environment: string | undefined;
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
  const { format = "table", config, environment } = values;
  const [target, ...more] = positionals;
  const problems = [
    ...(target === undefined ? ["name a state file or a stack"] : []),
    ...(more.length > 0 ? [`one state file or stack at a time; given also ${more.join(", ")}`] : []),
    ...(config !== undefined && environment !== undefined
      ? ["--config or --environment: one of them says how the policies are configured"]
      : []),
    ...(environment === undefined || environments().includes(environment)
      ? []
      : [`--environment: given ${environment}; allowed: ${environments().join(", ")}`]),
    ...(isFormat(format) ? [] : [`--format: given ${format}; allowed: ${FORMATS.join(", ")}`]),
  ];
  if (target === undefined || !isFormat(format) || problems.length > 0)
    throw new UsageError(problems.join("\n"));
  return { target, format, config, environment, pack: values.pack, output: values.output };
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
        environment: { type: "string" },
        pack: { type: "string" },
        output: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
