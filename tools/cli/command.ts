import type { Report, TextStream } from "../../sandbox/process/index.ts";
import type { Parameter, Reading } from "./parameter.ts";

/** What a command may use of the process. */
export interface Terminal {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
}

export interface Context {
  /** Told what takes long; on stderr. */
  readonly report: Report;
  /** Options that the command does not know and hands on, and what follows them. Empty unless it `handsOn`. */
  readonly rest: readonly string[];
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;
/** The values of parameters, by their names. */
export type Given<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer T> ? T : never;
};

/** Exit codes with what each means. Every command has 0, 1 and 2. */
export type Exits = Readonly<Record<0 | 1, string>> & Readonly<Record<number, string>>;

interface Texts {
  /** Paragraphs. */
  readonly description: readonly string[];
  /** What follows the command's name, and what that does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly exits: Exits;
  /** A page, from the repository's root. */
  readonly docs: string;
  /** Where options that it does not know go, such as `pulumi preview`. @default nowhere: they are refused */
  readonly handsOn?: string;
}

/** A command as its file declares it. */
export interface CommandSpec<A extends Parameters, O extends Parameters> extends Texts {
  /** Positional, in their order. */
  readonly arguments: A;
  /** By long name without dashes. */
  readonly options: O;
  /** Problems of combinations of valid values. */
  readonly check?: (
    given: Given<A & O>,
    rest: readonly string[],
  ) => readonly string[] | Promise<readonly string[]>;
  /** Called with the problems of a command line and the given texts, in addition to printing them. */
  readonly refused?: (problems: readonly string[], texts: GivenTexts) => void | Promise<void>;
  /**
   * Runs the command. Loads its modules itself, so that `--help` and invalid command lines do not need them.
   *
   * @returns the exit code
   * @throws UsageError, SetupError, or another error that `describeFailure` can describe
   */
  readonly run: (given: Given<A & O>, context: Context) => Promise<number>;
}

/** What the command line gave, text by text. */
export interface GivenTexts {
  readonly arguments: ReadonlyMap<string, readonly string[]>;
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** What a command that hands options on hands on. @default nothing */
  readonly rest?: readonly string[];
}

export type Prepared<G> =
  | { readonly problems: readonly string[] }
  | {
      /** Values by the names of their parameters. */
      readonly given: G;
      /** Runs the command with them. */
      readonly ready: (context: Context) => Promise<number>;
    };

/** A command as the rest of the CLI takes it, whatever its parameters. */
export interface Command<G = unknown> extends Texts {
  readonly arguments: Parameters;
  readonly options: Parameters;
  /** Reads every value, and finds everything that is wrong with them. */
  readonly prepare: (texts: GivenTexts) => Promise<Prepared<G>>;
  readonly refused?: (problems: readonly string[], texts: GivenTexts) => void | Promise<void>;
}

/** Makes a command. */
export function defineCommand<A extends Parameters, O extends Parameters>(
  spec: CommandSpec<A, O>,
): Command<Given<A & O>> {
  const { check, run, ...rest } = spec;
  return {
    ...rest,
    prepare: async (texts) => {
      const read = [
        ...(await readAll(spec.options, texts.options, (name) => `--${name}`)),
        ...(await readAll(spec.arguments, texts.arguments, argumentLabel)),
      ];
      const problems = read.flatMap(({ label, reading }) =>
        "wrong" in reading ? [`${label}: ${reading.wrong}.`.replace(/([?!])\.$/, "$1")] : [],
      );
      if (problems.length > 0) return { problems };
      // Each name has been read by the parameter that declares its type.
      const given = Object.fromEntries(
        read.map(({ name, reading }) => [name, "value" in reading ? reading.value : undefined]),
      ) as Given<A & O>;
      const together = (await check?.(given, texts.rest ?? [])) ?? [];
      return together.length > 0
        ? { problems: together }
        : { given, ready: (context) => run(given, context) };
    },
  };
}

/** How messages and help name a positional argument. */
export function argumentLabel(name: string): string {
  return name.toUpperCase();
}

async function readAll(
  parameters: Parameters,
  texts: ReadonlyMap<string, readonly string[]>,
  labelOf: (name: string) => string,
): Promise<{ name: string; label: string; reading: Reading<unknown> }[]> {
  return Promise.all(
    Object.entries(parameters).map(async ([name, parameter]) => ({
      name,
      label: labelOf(name),
      reading: await parameter.read(texts.get(name) ?? []),
    })),
  );
}
