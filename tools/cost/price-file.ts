import { z } from "zod";
import { shown, type Problem } from "../../components/validation/index.ts";
import { nearest } from "../../stacks/nearest.ts";
import { UNITS, type Price, type PriceList } from "./prices.ts";

const priceSchema = z.strictObject({
  usd: z.number().min(0),
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  source: z.string().min(1),
  verified: z.boolean().default(true),
  note: z.string().optional(),
});
const FIELDS = {
  usd: "a number of US dollars, 0 or more",
  date: "the day on which it was read, such as 2026-05-16",
  source: "where it was read, as text",
  verified: "true or false",
  note: "text",
} as const;

/** The prices of a file, and everything that is wrong with it. */
export interface PriceFile {
  readonly prices: PriceList;
  readonly problems: readonly Problem[];
}

/**
 * Reads what a price file holds: `prices`, whose keys are ids and whose values are prices.
 *
 * @example prices: { s3.storage: { usd: 0.0125, date: 2026-11-01, source: "our contract" } }
 */
export function readPrices(content: unknown): PriceFile {
  const entries: unknown =
    typeof content === "object" && content !== null ? Reflect.get(content, "prices") : undefined;
  if (typeof entries !== "object" || entries === null) {
    return refused({
      path: "prices",
      given: shown(entries),
      allowed: "an object of prices by id",
      fix: `write for example: prices: { s3.storage: { usd: 0.01, date: 2026-11-01, source: "our contract" } }`,
    });
  }
  const prices: Record<string, Price> = {};
  const problems: Problem[] = [];
  for (const [id, value] of Object.entries(entries as Readonly<Record<string, unknown>>)) {
    const path = `prices[${shown(id)}]`;
    if (UNITS[id] === undefined) {
      problems.push(unknownId(path, id));
      continue;
    }
    const parsed = priceSchema.safeParse(value);
    if (parsed.success) {
      const { note, ...price } = parsed.data;
      prices[id] = note === undefined ? price : { ...price, note };
    } else {
      problems.push(...parsed.error.issues.flatMap((issue) => fieldProblems(path, value, issue)));
    }
  }
  return { prices, problems };
}

const refused = (problem: Problem): PriceFile => ({ prices: {}, problems: [problem] });

function unknownId(path: string, id: string): Problem {
  const meant = nearest(id, Object.keys(UNITS));
  return {
    path,
    given: "a price that does not exist",
    allowed: meant ?? "the ids that `npm run cost -- --list-prices` shows",
    fix: meant === undefined ? "remove it, or use one of these ids" : `rename it to ${meant}, or remove it`,
  };
}

function fieldProblems(path: string, value: unknown, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const allowed = nearest(key, Object.keys(FIELDS)) ?? Object.keys(FIELDS).join(", ");
      return {
        path: `${path}.${key}`,
        given: "a key that does not exist",
        allowed,
        fix: "rename or remove it",
      };
    });
  }
  const [field] = issue.path;
  if (field === undefined || !Object.hasOwn(FIELDS, field)) {
    return [
      {
        path,
        given: shown(value),
        allowed: `an object with ${Object.keys(FIELDS).join(", ")}`,
        fix: "write one",
      },
    ];
  }
  const given: unknown = typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
  return [
    {
      path: `${path}.${String(field)}`,
      given: shown(given),
      allowed: FIELDS[field as keyof typeof FIELDS],
      fix: "correct the price file",
    },
  ];
}
