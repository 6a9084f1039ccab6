import type { Command, Prepared } from "../../../../tools/cli/command.ts";
import type { Entry } from "../../../../tools/cli/entry.ts";
import { commandParser } from "../../../../tools/cli/help.ts";
import { parseCommandLine } from "../../../../tools/cli/parse.ts";
import { run } from "../../../../tools/cli/run.ts";

/** A stream that keeps what is written. */
export function textStream(isTTY = false) {
  const written: string[] = [];
  return { isTTY, columns: 80, write: (text: string) => written.push(text), text: () => written.join("") };
}

/** What a command line gives, with whatever is wrong with it; nothing is run. */
export async function readCommandLine<G>(
  command: Command<G>,
  ...argv: string[]
): Promise<{ problems: readonly string[]; given?: G; rest: readonly string[] }> {
  const terminal = { stdout: textStream(), stderr: textStream() };
  const parsed = parseCommandLine(commandParser("it", command, terminal), command, argv);
  const prepared: Prepared<G> = await command.prepare(parsed);
  const problems = [...parsed.problems, ...("problems" in prepared ? prepared.problems : [])];
  return { problems, rest: parsed.rest, ...("given" in prepared && { given: prepared.given }) };
}

/** The values of a command line that is right. */
export async function givenBy<G>(command: Command<G>, ...argv: string[]): Promise<G> {
  const { problems, given } = await readCommandLine(command, ...argv);
  if (given === undefined || problems.length > 0) throw new Error(problems.join("\n"));
  return given;
}

/** The exit code of commands that would have been run. */
export const WOULD_RUN = 99;

/** Runs a command line up to the command itself. */
export async function tryCommandLine(
  commands: Readonly<Record<string, Entry>>,
  ...argv: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [textStream(), textStream()];
  const entries = Object.entries(commands).map(([name, { summary, load }]): [string, Entry] => [
    name,
    { summary, load: async () => withoutEffect(await load()) },
  ]);
  const code = await run(argv, { stdout, stderr }, Object.fromEntries(entries));
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function withoutEffect(command: Command): Command {
  return {
    ...command,
    refused: () => undefined,
    prepare: async (texts) => {
      const prepared = await command.prepare(texts);
      return "ready" in prepared ? { ...prepared, ready: () => Promise.resolve(WOULD_RUN) } : prepared;
    },
  };
}
