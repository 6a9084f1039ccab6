import { nearest } from "../../stacks/nearest.ts";

/** What texts of the command line turn into: a value, or what is wrong with them, as a sentence without its subject. */
export type Reading<T> = { readonly value: T } | { readonly wrong: string };

/** How often an option or argument may be given. */
export type Occurrence = "required" | "optional" | "repeatable";

/** What a parameter's text names. The test over all commands tries every bad file of the kinds `input` and `output`. */
export type Kind =
  | { readonly of: "flag" }
  | { readonly of: "text" }
  | { readonly of: "number"; readonly min: number; readonly max: number }
  | { readonly of: "choice"; readonly values: readonly string[] }
  | { readonly of: "input"; readonly format: "yaml" | "json" | "media" | "directory" }
  | { readonly of: "output"; readonly format: "file" | "directory" };

/** An option or a positional argument of a command. */
export interface Parameter<T> {
  readonly kind: Kind;
  /** What stands for the value in help: `N`. Empty for a flag. */
  readonly placeholder: string;
  /** One sentence without a full stop; amounts name their unit. */
  readonly meaning: string;
  readonly occurrence: Occurrence;
  /** As help shows it. */
  readonly default?: string;
  /** @param texts every text that was given for it, in order; empty where it was left out */
  readonly read: (texts: readonly string[]) => Promise<Reading<T>>;
}

/** What a parameter is about, whatever its kind. */
export interface About {
  readonly meaning: string;
  readonly placeholder?: string;
}

export type ReadOne<T> = (text: string) => Reading<T> | Promise<Reading<T>>;

/** A parameter that may be left out, and be given once. */
export function optional<T>(
  kind: Kind,
  about: About & { readonly placeholder: string },
  readOne: ReadOne<T>,
): Parameter<T | undefined> {
  return {
    ...{ kind, meaning: about.meaning, placeholder: about.placeholder, occurrence: "optional" },
    read: async (texts) => {
      const [text, ...more] = texts;
      if (text === undefined) return { value: undefined };
      if (more.length > 0) return { wrong: `is given ${texts.length} times. Give it once` };
      if (text === "") return { wrong: `has no value. Give ${about.placeholder}, or leave it out` };
      return readOne(text);
    },
  };
}

/** The same parameter with a value where it is left out. */
export function withDefault<T>(
  parameter: Parameter<T | undefined>,
  value: T,
  shown = String(value),
): Parameter<T> {
  return {
    ...parameter,
    default: shown,
    read: async (texts) => {
      const reading = await parameter.read(texts);
      if ("wrong" in reading) return reading;
      return { value: reading.value === undefined ? value : reading.value };
    },
  };
}

/** The same parameter, which cannot be left out. */
export function required<T>(parameter: Parameter<T | undefined>): Parameter<T> {
  const missing = { wrong: `is missing. Give ${parameter.meaning}` };
  return {
    ...parameter,
    occurrence: "required",
    read: async (texts) => {
      const reading = await parameter.read(texts);
      if ("wrong" in reading) return reading;
      return reading.value === undefined ? missing : { value: reading.value };
    },
  };
}

/** The same parameter, as often as wanted. */
export function repeatable<T>(parameter: Parameter<T | undefined>): Parameter<readonly T[]> {
  return {
    ...parameter,
    occurrence: "repeatable",
    read: async (texts) => {
      const readings = await Promise.all(texts.map((text) => parameter.read([text])));
      const wrong = readings.flatMap((reading) => ("wrong" in reading ? [reading.wrong] : []));
      if (wrong.length > 0) return { wrong: wrong.join("; ") };
      return {
        value: readings.flatMap((reading) =>
          "wrong" in reading || reading.value === undefined ? [] : [reading.value],
        ),
      };
    },
  };
}

/** On where it is given. */
export function flag({ meaning }: About): Parameter<boolean> {
  return {
    ...{ kind: { of: "flag" }, meaning, placeholder: "", occurrence: "optional" },
    read: (texts) => Promise.resolve({ value: texts.length > 0 }),
  };
}

export interface TextRule {
  readonly pattern: RegExp;
  /** What the pattern takes, to follow "is not": `the name of a profile, such as cmaf-h264`. */
  readonly allowed: string;
}

/** Any text, or what a pattern takes. */
export function text(about: About & { readonly rule?: TextRule }): Parameter<string | undefined> {
  const { placeholder = "TEXT", meaning, rule } = about;
  return optional({ of: "text" }, { placeholder, meaning }, (given) =>
    rule === undefined || rule.pattern.test(given)
      ? { value: given }
      : { wrong: `${quoted(given)} is not ${rule.allowed}` },
  );
}

export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** A decimal number within bounds, in the unit that its meaning names. */
export function number(about: About & NumberRule): Parameter<number | undefined> {
  const { placeholder = "N", meaning, min, max, whole = false } = about;
  return optional({ of: "number", min, max }, { placeholder, meaning }, (given) => {
    const value = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : NaN;
    const isGood = value >= min && value <= max && (!whole || Number.isInteger(value));
    return isGood
      ? { value }
      : { wrong: `${quoted(given)} is not a ${whole ? "whole number" : "number"} from ${min} to ${max}` };
  });
}

/** One of a few texts. */
export function choice<const T extends string>(values: readonly T[], about: About): Parameter<T | undefined> {
  const { placeholder = "NAME", meaning } = about;
  return optional({ of: "choice", values }, { placeholder, meaning }, (given) => {
    const value = values.find((one) => one === given);
    return value === undefined ? { wrong: notOneOf(given, values) } : { value };
  });
}

/** @returns the end of a sentence that names what there is, and what may have been meant */
export function notOneOf(given: string, values: readonly string[]): string {
  if (values.length === 1) return `${quoted(given)} is not ${values.join()}`;
  const meant = nearest(given, values);
  const suggestion = meant === undefined ? "" : `. Did you mean ${meant}?`;
  return `${quoted(given)} is not one of ${values.join(", ")}${suggestion}`;
}

/** As the user gave it, on one line. */
export function quoted(given: string): string {
  const shown = JSON.stringify(given);
  return shown.length > 120 ? `${shown.slice(0, 117)}..."` : shown;
}
