import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { terminalReport } from "../../sandbox/process/report.ts";
import { nearest } from "../../stacks/nearest.ts";
import type { Terminal } from "./command.ts";
import { COMMANDS } from "../commands.ts";
import { commandLine } from "./command-line.ts";
import { type Entry } from "./entry.ts";
import { optionsConsumedByNpm } from "./npm-options.ts";
import { describeFailure } from "./failure.ts";
import { commandParser, programParser } from "./help.ts";
import { parseCommandLine } from "./parse.ts";
import { quoted } from "./parameter.ts";

/** Exit codes that every command has beside 0. */
export const FAILED = 1;
export const WRONG_USAGE = 2;

/**
 * Runs one command line.
 *
 * @param argv without the interpreter and the program
 * @param commands @default all
 * @returns the exit code: 0 when it succeeded, 1 when it failed, 2 when the command line is wrong; and what the command adds
 */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  commands: Readonly<Record<string, Entry>> = COMMANDS,
): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined || first.startsWith("-")) return runProgram(argv, terminal, commands);
  if (first === "help") {
    const [wanted] = rest;
    return wanted === undefined || wanted.startsWith("-")
      ? runProgram(["--help"], terminal, commands)
      : run([wanted, "--help"], terminal, commands);
  }
  const entry = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (entry === undefined) {
    const meant = nearest(first, Object.keys(commands));
    const suggestion = meant === undefined ? "" : ` Did you mean ${meant}?`;
    return refuse(undefined, [`unknown command ${quoted(first)}.${suggestion}`], terminal);
  }
  return runCommand(first, entry, rest, terminal);
}

async function runCommand(
  name: string,
  entry: Entry,
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const command = await entry.load();
  const parser = commandParser(name, command, terminal);
  const parsed = exitCodeOf(() => parseCommandLine(parser, command, argv));
  if (typeof parsed === "number") return parsed;
  try {
    const prepared = await command.prepare(parsed);
    const given = new Set(
      [...parsed.options].flatMap(([option, texts]) => (texts.length > 0 ? [option] : [])),
    );
    const problems = [
      ...optionsConsumedByNpm(name, parsed.options.keys(), given, process.env),
      ...parsed.problems,
      ...("problems" in prepared ? prepared.problems : []),
    ];
    if (problems.length > 0 || !("ready" in prepared)) {
      await command.refused?.(problems, parsed);
      return refuse(name, problems, terminal);
    }
    return await prepared.ready({ report: terminalReport(terminal.stderr), rest: parsed.rest });
  } catch (error) {
    const failure = describeFailure(error);
    if ("problems" in failure) return refuse(name, failure.problems, terminal);
    terminal.stderr.write(`${failure.message}\n`);
    return FAILED;
  }
}

/** `--help`, `--version`, and whatever is no command. */
function runProgram(
  argv: readonly string[],
  terminal: Terminal,
  commands: Readonly<Record<string, Entry>>,
): number {
  const program = programParser(commands, versionOf(), terminal);
  if (argv.length === 0) {
    program.outputHelp({ error: true });
    return WRONG_USAGE;
  }
  const parsed = exitCodeOf(() => program.parseOptions([...argv]));
  if (typeof parsed === "number") return parsed;
  if (parsed.unknown.includes("--help") || parsed.unknown.includes("-h")) {
    program.outputHelp();
    return 0;
  }
  return refuse(undefined, [`${quoted(argv[0] ?? "")} is neither a command nor an option.`], terminal);
}

/** Commander ends help and versions by an exception. */
function exitCodeOf<T>(work: () => T): T | number {
  try {
    return work();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    throw error;
  }
}

function refuse(name: string | undefined, problems: readonly string[], { stderr }: Terminal): number {
  const who = name === undefined ? "mpegflow" : `mpegflow ${name}`;
  const lines = problems.map((problem) => `${who}: ${problem}`);
  stderr.write(`${[...lines, `Help: ${commandLine(name, "--help")}`].join("\n")}\n`);
  return WRONG_USAGE;
}

function versionOf(): string {
  const text = readFileSync(new URL("../../components/package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
