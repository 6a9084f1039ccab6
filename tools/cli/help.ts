import { styleText } from "node:util";
import type { TextStream } from "../../sandbox/process/report.ts";
import { Argument, Command as Parser, Option } from "commander";
import { argumentLabel, type Command, type Terminal } from "./command.ts";
import { commandLine } from "./command-line.ts";
import type { Entry } from "./entry.ts";
import type { Parameter } from "./parameter.ts";

/** The parser of the program itself, for its help and version. */
export function programParser(
  commands: Readonly<Record<string, Entry>>,
  version: string,
  terminal: Terminal,
): Parser {
  const program = styled(new Parser("npm run COMMAND --"), terminal)
    .usage("[options]")
    .description("What people run at a terminal with MpegFlow on Google Cloud Storage.")
    .version(version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show this; after a command, show that command's help")
    .helpCommand(false)
    .exitOverride()
    .addHelpText(
      "after",
      "\nEvery command is an npm script of the clone, after `npm ci`. What follows -- goes to the command.\nDocumentation: docs/reference/commands.md",
    );
  for (const [name, { summary }] of Object.entries(commands)) program.command(name).description(summary);
  return program;
}

/**
 * The parser of one command. It collects every text of each option and refuses nothing: the command's parameters do, all at once. An
 * option's value is optional to it only so that `--out --json` does not take `--json` for a directory.
 */
export function commandParser(name: string, command: Command, terminal: Terminal): Parser {
  const parser = styled(new Parser(`npm run ${name} --`), terminal)
    .usage(usageOf(command))
    .description(command.description.join("\n\n"))
    .helpOption("-h, --help", "show this")
    .allowUnknownOption()
    .allowExcessArguments()
    .exitOverride()
    .action(() => undefined)
    .addHelpText("after", afterHelp(name, command));
  for (const [argument, parameter] of Object.entries(command.arguments))
    parser.addArgument(new Argument(`[${argument}]`, described(parameter)));
  for (const [option, parameter] of Object.entries(command.options)) {
    const { placeholder } = parameter;
    parser.addOption(
      new Option(`--${option}${placeholder === "" ? "" : ` [${placeholder}]`}`, described(parameter))
        .preset("")
        .argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]),
    );
  }
  return parser;
}

/** What follows the command's name: `[options] STACK`. */
export function usageOf({ arguments: positional, handsOn }: Command): string {
  const names = Object.entries(positional).map(([name, { occurrence }]) =>
    occurrence === "required" ? argumentLabel(name) : `[${argumentLabel(name)}]`,
  );
  return ["[options]", ...names, ...(handsOn === undefined ? [] : [`[options of ${handsOn}]`])].join(" ");
}

/** A parameter's meaning with its values, its default and how often it may be given. */
export function described({ meaning, kind, default: byDefault, occurrence }: Parameter<unknown>): string {
  const notes = [
    ...(kind.of === "number" ? [`${kind.min} to ${kind.max}`] : []),
    ...(kind.of === "choice" ? [kind.values.join(", ")] : []),
    ...(byDefault === undefined ? [] : [`default ${byDefault}`]),
    ...(occurrence === "repeatable" ? ["may be repeated"] : []),
  ];
  return notes.length === 0 ? meaning : `${meaning} (${notes.join("; ")})`;
}

function afterHelp(name: string, { examples, exits, docs }: Command): string {
  const rows = examples.flatMap(([line, meaning]) => [`  ${commandLine(name, line)}`, `      ${meaning}`]);
  return [
    "",
    "Examples:",
    ...rows,
    "",
    "Exit status:",
    ...Object.entries(exits).map(([code, meaning]) => `  ${code.padEnd(4)}${meaning}`),
    "",
    `Documentation: ${docs}`,
  ].join("\n");
}

/** One look for all: plain on anything but a terminal, and where NO_COLOR is set, which Commander sees to. */
function styled(parser: Parser, { stdout, stderr }: Terminal): Parser {
  return parser
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => (stdout.isTTY ? stdout.columns : 100),
      getErrHelpWidth: () => (stderr.isTTY ? stderr.columns : 100),
      getOutHasColors: () => hasColours(stdout),
      getErrHasColors: () => hasColours(stderr),
    })
    .configureHelp({
      optionTerm: (option) => option.flags.replace("[", "").replace("]", ""),
      argumentTerm: (argument) => argumentLabel(argument.name()),
      subcommandTerm: (command) => command.name(),
      optionDescription: (option) => option.description,
      styleTitle: (title) => styleText("bold", title, { validateStream: false }),
      styleOptionTerm: (term) => styleText("cyan", term, { validateStream: false }),
      styleArgumentTerm: (term) => styleText("cyan", term, { validateStream: false }),
      styleSubcommandTerm: (term) => styleText("cyan", term, { validateStream: false }),
    });
}

/** https://no-color.org: with any value. */
function hasColours(stream: TextStream): boolean {
  return stream.isTTY && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
}
