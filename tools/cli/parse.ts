import type { Command as Parser } from "commander";
import { nearest } from "../../stacks/nearest.ts";
import { argumentLabel, type Command, type GivenTexts } from "./command.ts";
import { quoted } from "./parameter.ts";

/** A command line, taken apart. */
export interface CommandLine extends GivenTexts {
  /** Problems of its form: options that do not exist, arguments too many. */
  readonly problems: readonly string[];
  /** What a command that hands options on hands on. */
  readonly rest: readonly string[];
}

/**
 * Takes a command line apart. Values are not looked at.
 *
 * @param parser made by `commandParser` for the same command
 * @throws CommanderError when help was asked for and shown
 */
export function parseCommandLine(parser: Parser, command: Command, argv: readonly string[]): CommandLine {
  const end = argv.indexOf("--");
  const [before, after] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end + 1)];
  parser.parse([...before], { from: "user" });
  const options = new Map(
    parser.options.map((option) => [
      option.long?.slice(2) ?? "",
      (parser.getOptionValue(option.attributeName()) as readonly string[] | undefined) ?? [],
    ]),
  );
  const firstUnknown = parser.args.findIndex((arg) => arg.startsWith("-") && arg !== "-");
  const names = Object.keys(command.arguments);
  if (command.handsOn !== undefined) {
    const known = firstUnknown < 0 ? parser.args : parser.args.slice(0, firstUnknown);
    const rest = firstUnknown < 0 ? [] : parser.args.slice(firstUnknown);
    return { options, ...positional(names, [...known, ...after]), rest };
  }
  if (firstUnknown < 0) return { options, ...positional(names, [...parser.args, ...after]), rest: [] };
  const unknown = parser.args.filter((arg) => arg.startsWith("-") && arg !== "-");
  const operands = parser.args.filter((arg) => !unknown.includes(arg));
  const { arguments: given } = positional(names, operands.slice(0, names.length));
  return { options, arguments: given, problems: unknown.map((arg) => unknownOption(arg, command)), rest: [] };
}

function positional(
  names: readonly string[],
  texts: readonly string[],
): Pick<CommandLine, "arguments" | "problems"> {
  const excess = texts.slice(names.length);
  const takes =
    names.length === 0
      ? "no argument"
      : names.length === 1
        ? `one ${argumentLabel(names[0] ?? "")}`
        : names.map(argumentLabel).join(" and ");
  return {
    arguments: new Map(names.map((name, index) => [name, texts.slice(index, index + 1)])),
    problems:
      excess.length === 0
        ? []
        : [`${excess.map(quoted).join(", ")}: too many arguments. The command takes ${takes}.`],
  };
}

function unknownOption(arg: string, command: Command): string {
  const [name = ""] = arg.replace(/^--?/, "").split("=");
  const known = [...Object.keys(command.options), "help"];
  if (known.includes(name)) return `--${name} takes no value.`;
  const meant = nearest(name, known) ?? known.find((one) => name !== "" && one.startsWith(name));
  const suggestion = meant === undefined ? "" : ` Did you mean --${meant}?`;
  return `unknown option ${arg.split("=")[0] ?? arg}.${suggestion}`;
}
