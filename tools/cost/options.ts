import { shown, type Problem } from "../../components/validation/index.ts";
import { nearest } from "../../stacks/nearest.ts";
import { GIB, MB, MONTH_DAYS, TB, TIB } from "./units.ts";

/** What the command line asks for; amounts in GiB. */
export interface Options {
  readonly stack: string;
  readonly storedGib: number;
  readonly ingestGibMonth: number;
  /** Ages of the stock; nothing where it follows from stock and ingest. */
  readonly storedAgeDays?: number;
  readonly months: number;
  readonly objectBytes: number;
  readonly writesPerObject: number;
  readonly deleteAfterDays?: number;
  /** Parts of everything by prefix, 0 to 1. */
  readonly shares: ReadonlyMap<string, number>;
  /** Part of what is written that is overwritten later, 0 to 1, and the age at which it is. */
  readonly overwritten: number;
  readonly overwrittenAfterDays: number;
  /** Part of everything that Autoclass keeps in Standard, 0 to 1. */
  readonly active: number;
  readonly readGibMonth: number;
  readonly readOutsideGibMonth: number;
  readonly internetGibMonth: number;
  readonly cdnGibMonth: number;
  readonly cdnHits: number;
  readonly cdnObjectBytes: number;
  readonly migrateGib?: number;
  readonly migrateMonths: number;
  /** File with prices. */
  readonly prices?: string;
  /** Directory of the report. */
  readonly out: string;
}

interface NumberOption {
  readonly kind: "number";
  readonly meaning: string;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  readonly default?: number;
}
interface TextOption {
  readonly kind: "text" | "flag" | "shares";
  readonly meaning: string;
  readonly default?: string;
}

const amount = (meaning: string): NumberOption => ({ kind: "number", meaning, min: 0, max: 1e7, default: 0 });

/** Every option, in the order of `--help`. */
export const OPTIONS = {
  "ingest-tb-month": amount("TB (10^12 bytes) written every month"),
  "ingest-tib-month": amount("the same in TiB (2^40 bytes)"),
  "stored-tb": amount("TB that the bucket holds at the start"),
  "stored-tib": amount("the same in TiB"),
  "stored-age-months": {
    kind: "number",
    meaning:
      "the stock is spread evenly over the ages up to this; by default it came in at the rate of the ingest",
    min: 0,
    max: 240,
  },
  months: { kind: "number", meaning: "months to look ahead", min: 1, max: 240, whole: true, default: 36 },
  "object-mb": { kind: "number", meaning: "MB of an average object", min: 0.001, max: 5e6, default: 100 },
  "writes-per-object": {
    kind: "number",
    meaning: "class A operations for an object: one, or one for each part of a multipart upload and two more",
    min: 1,
    max: 10_002,
    default: 1,
  },
  "delete-after-days": {
    kind: "number",
    meaning: "age at which objects are deleted; by default never",
    min: 1,
    max: 7300,
    whole: true,
  },
  "overwrite-percent": {
    kind: "number",
    meaning: "percent of what is written that is overwritten later; versioning keeps the older versions",
    min: 0,
    max: 100,
    default: 0,
  },
  "overwrite-after-days": {
    kind: "number",
    meaning: "age at which it is overwritten",
    min: 1,
    max: 7300,
    whole: true,
    default: 1,
  },
  "active-percent": {
    kind: "number",
    meaning:
      "with Autoclass, percent of everything that is read at least every 30 days and stays in Standard",
    min: 0,
    max: 100,
    default: 0,
  },
  share: {
    kind: "shares",
    meaning:
      "PREFIX=PERCENT, once for each prefix of the archive ladder; by default everything is below them, in equal parts",
  },
  "read-tb-month": amount("TB read every month in the bucket's own regions"),
  "read-outside-tb-month": amount("TB read from other regions of the continent"),
  "internet-tb-month": amount("TB sent to the internet straight from the bucket"),
  "cdn-tb-month": amount("TB sent to the internet by Cloud CDN"),
  "cdn-hit-percent": {
    kind: "number",
    meaning: "percent of them that come from the CDN's caches",
    min: 0,
    max: 100,
    default: 95,
  },
  "cdn-object-mb": {
    kind: "number",
    meaning: "MB of an average answer of the CDN",
    min: 0.001,
    max: 5e6,
    default: 2,
  },
  "migrate-from-s3-tb": amount("TB to move from Amazon S3; needs a file with prices of S3"),
  "migrate-months": {
    kind: "number",
    meaning: "months over which they move",
    min: 1,
    max: 60,
    whole: true,
    default: 1,
  },
  prices: { kind: "text", meaning: "YAML file with prices that take the place of the built-in ones" },
  out: { kind: "text", meaning: "directory of the report", default: ".sandbox/cost" },
  "list-prices": { kind: "flag", meaning: "prints every price that is built in, and the ids of all others" },
  help: { kind: "flag", meaning: "prints this" },
} as const satisfies Record<string, NumberOption | TextOption>;
export type OptionName = keyof typeof OPTIONS;

const isOption = (name: string): name is OptionName => Object.hasOwn(OPTIONS, name);

/** What the command line says, option by option, or everything that is wrong with it. */
export type Parsed =
  | { readonly ask: "help" | "list-prices" }
  | { readonly problems: readonly Problem[] }
  | { readonly options: Options };

/** Reads the command line: `STACK` and options as `--name value` or `--name=value`. */
export function parseOptions(args: readonly string[]): Parsed {
  const { stacks, given, problems } = tokens(args);
  if (given.has("help") || args.includes("-h")) return { ask: "help" };
  if (given.has("list-prices")) return { ask: "list-prices" };

  const numbers = new Map<OptionName, number>();
  for (const [name, values] of given) {
    const option: NumberOption | TextOption = OPTIONS[name];
    if (option.kind !== "number") continue;
    if (values.length > 1) problems.push(problem(name, `${values.length} values`, "one", "leave one"));
    const value = numberOf(option, values[0]);
    if (value === undefined) {
      const { min, max, whole } = option;
      const what = whole === true ? "a whole number" : "a number";
      problems.push(problem(name, shown(values[0]), `${what} from ${min} to ${max}`, "correct it"));
    } else numbers.set(name, value);
  }
  for (const [decimal, binary] of [
    ["ingest-tb-month", "ingest-tib-month"],
    ["stored-tb", "stored-tib"],
  ] as const) {
    if (given.has(decimal) && given.has(binary))
      problems.push(problem(binary, `beside --${decimal}`, "one of the two", "leave one out"));
  }
  const shares = sharesOf(given.get("share") ?? [], problems);
  const [stack, ...others] = stacks;
  if (stack === undefined || others.length > 0) {
    problems.push({
      path: "STACK",
      given: stack === undefined ? "nothing" : stacks.join(" "),
      allowed: "the name of one stack",
      fix: "for example: npm run cost -- prod --ingest-tb-month 40 --stored-tb 900",
    });
  }
  if (stack === undefined || problems.length > 0) return { problems };

  const number = (name: OptionName): number => {
    const option: NumberOption | TextOption = OPTIONS[name];
    return numbers.get(name) ?? (typeof option.default === "number" ? option.default : 0);
  };
  const gib = (decimal: OptionName, binary?: OptionName): number =>
    (number(decimal) * TB + (binary === undefined ? 0 : number(binary) * TIB)) / GIB;
  const age = numbers.get("stored-age-months");
  const deleteAfterDays = numbers.get("delete-after-days");
  const prices = given.get("prices")?.[0];
  return {
    options: {
      stack,
      storedGib: gib("stored-tb", "stored-tib"),
      ingestGibMonth: gib("ingest-tb-month", "ingest-tib-month"),
      ...(age !== undefined && { storedAgeDays: age * MONTH_DAYS }),
      months: number("months"),
      objectBytes: number("object-mb") * MB,
      writesPerObject: number("writes-per-object"),
      ...(deleteAfterDays !== undefined && { deleteAfterDays }),
      shares,
      overwritten: number("overwrite-percent") / 100,
      overwrittenAfterDays: number("overwrite-after-days"),
      active: number("active-percent") / 100,
      readGibMonth: gib("read-tb-month"),
      readOutsideGibMonth: gib("read-outside-tb-month"),
      internetGibMonth: gib("internet-tb-month"),
      cdnGibMonth: gib("cdn-tb-month"),
      cdnHits: number("cdn-hit-percent") / 100,
      cdnObjectBytes: number("cdn-object-mb") * MB,
      ...(number("migrate-from-s3-tb") > 0 && { migrateGib: gib("migrate-from-s3-tb") }),
      migrateMonths: number("migrate-months"),
      ...(prices !== undefined && { prices }),
      out: given.get("out")?.[0] ?? OPTIONS.out.default,
    },
  };
}

interface Tokens {
  readonly stacks: string[];
  readonly given: Map<OptionName, string[]>;
  readonly problems: Problem[];
}

function tokens(args: readonly string[]): Tokens {
  const found: Tokens = { stacks: [], given: new Map(), problems: [] };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (!arg.startsWith("-")) {
      found.stacks.push(arg);
      continue;
    }
    const [, name = "", attached] = /^--?([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (!isOption(name)) {
      if (name !== "h") found.problems.push(unknownOption(arg, name));
      // Its value is not taken for a stack.
      if (attached === undefined && args[index + 1]?.startsWith("-") === false) index++;
      continue;
    }
    if (OPTIONS[name].kind === "flag") {
      found.given.set(name, []);
      continue;
    }
    const next = args[index + 1];
    const value = attached ?? (next !== undefined && !next.startsWith("--") ? next : undefined);
    if (attached === undefined && value !== undefined) index++;
    if (value === undefined || value === "") {
      found.problems.push(problem(name, "no value", `--${name} VALUE`, "give a value, or leave it out"));
      continue;
    }
    found.given.set(name, [...(found.given.get(name) ?? []), value]);
  }
  return found;
}

function unknownOption(arg: string, name: string): Problem {
  const known = Object.keys(OPTIONS);
  const meant = nearest(name, known) ?? known.find((one) => name !== "" && one.startsWith(name));
  return {
    path: arg.replace(/=.*$/s, ""),
    given: "an option that does not exist",
    allowed: meant === undefined ? "the options that --help shows" : `--${meant}`,
    fix: meant === undefined ? "remove it" : `write --${meant}, or remove it`,
  };
}

function numberOf({ min, max, whole }: NumberOption, text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+(?:\.\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  const good = value >= min && value <= max && (whole !== true || Number.isInteger(value));
  return good ? value : undefined;
}

function sharesOf(values: readonly string[], problems: Problem[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const value of values) {
    const [, prefix = "", percent = ""] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(value) ?? [];
    if (prefix === "" || Number(percent) > 100) {
      problems.push(problem("share", shown(value), "PREFIX=PERCENT, such as mezzanines/=80", "correct it"));
    } else shares.set(prefix, Number(percent) / 100);
  }
  const sum = [...shares.values()].reduce((total, part) => total + part, 0);
  if (sum > 1 + 1e-9) {
    problems.push(problem("share", `${Math.round(sum * 100)} percent in all`, "up to 100", "lower them"));
  }
  return shares;
}

const problem = (name: OptionName, given: string, allowed: string, fix: string): Problem => ({
  path: `--${name}`,
  given,
  allowed,
  fix,
});

/** What `--help` prints. */
export function help(): string {
  const rows = Object.entries(OPTIONS).map(([name, option]) => {
    const { kind, meaning } = option;
    const byDefault = "default" in option ? ` [${option.default}]` : "";
    const left =
      kind === "flag"
        ? `--${name}`
        : `--${name} ${kind === "number" ? "N" : kind === "text" ? "FILE" : "P=N"}`;
    return `  ${left.padEnd(29)}${meaning}${byDefault}`;
  });
  return [
    "usage: npm run cost -- STACK [options]",
    "",
    "Estimates what the bucket of a stack costs, from stacks/Pulumi.<STACK>.yaml and list prices: prints it, and writes an HTML report",
    "and a CSV file. Prices that are not verified, and those that stand in for others, are marked.",
    "",
    ...rows,
  ].join("\n");
}
