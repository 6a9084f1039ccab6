import { argumentLabel, type Command, type Parameters } from "../cli/command.ts";
import { COMMANDS } from "../commands.ts";
import { commandLine } from "../cli/command-line.ts";
import { described, usageOf } from "../cli/help.ts";

/** docs/reference/commands.md: every command, made from the commands themselves. */
export async function commandsPage(): Promise<string> {
  const sections = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, { load }]) => section(name, await load())),
  );
  return [
    "# Commands",
    "",
    "<!-- Written by `npm run docs` from tools/: change it there. -->",
    "",
    "Each command is an npm script, to be run inside the clone after `npm ci`; what follows `--` goes to the command. `npm run mpegflow` lists",
    "them all, and `npm run COMMAND -- --help` shows what is here.",
    "",
    "| exit code | meaning |",
    "| --- | --- |",
    "| 0 | it succeeded |",
    "| 1 | it failed: what it was to do, or what it needs on this computer |",
    "| 2 | the command line, or a file that it names, is wrong; nothing was done |",
    "",
    "Everything that is wrong with a command line is said at once, on standard error. Output has colours on a terminal only, and none where",
    "[`NO_COLOR`](https://no-color.org) is set.",
    "",
    "| command | what it does |",
    "| --- | --- |",
    ...Object.entries(COMMANDS).map(([name, { summary }]) =>
      row([`[\`${name}\`](#${anchorOf(name)})`, summary]),
    ),
    "",
    ...sections.flat(),
  ].join("\n");
}

function section(name: string, command: Command): string[] {
  const { description, exits, examples, docs } = command;
  return [
    `## ${name}`,
    "",
    ...description.flatMap((paragraph) => [paragraph, ""]),
    `Usage: \`${commandLine(name, usageOf(command))}\``,
    "",
    ...table("argument", command.arguments, argumentLabel),
    ...table("option", command.options, (option) => `--${option}`),
    "```sh",
    ...examples.map(([line, meaning]) => `${commandLine(name, line)}  # ${meaning}`),
    "```",
    "",
    "| exit code | meaning |",
    "| --- | --- |",
    ...Object.entries(exits).map(([code, meaning]) => row([code, meaning])),
    "",
    `More: [${docs}](../../${docs})`,
    "",
  ];
}

function table(title: string, parameters: Parameters, labelOf: (name: string) => string): string[] {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return [];
  return [
    `| ${title} | meaning |`,
    "| --- | --- |",
    ...entries.map(([name, parameter]) => {
      const value = title === "option" && parameter.placeholder !== "" ? ` ${parameter.placeholder}` : "";
      const isRequired = parameter.occurrence === "required" ? "**required**: " : "";
      return row([`\`${labelOf(name)}${value}\``, `${isRequired}${described(parameter)}`]);
    }),
    "",
  ];
}

/** As GitHub makes it of a heading. */
function anchorOf(name: string): string {
  return name.replaceAll(":", "");
}

/** A bar would end the cell. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
