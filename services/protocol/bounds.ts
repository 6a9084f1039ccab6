import { z } from "zod";

// Every text, list and record of the protocol has a largest size, so that nobody makes a body, a record or an event larger
// than its reader can take (test/unit/protocol/bounds.test.ts). Lists are counted by zod before their elements are looked at.

/** A text of at most so many UTF-16 code units. A longer one is not looked at any further. */
export const text = (most: number) => z.string().max(most, { abort: true });

/** A time as ISO 8601 in UTC: 24 characters as JavaScript writes it, some more for a finer clock. */
export const time = () => z.iso.datetime().max(40);

/** A record of at most so many entries, which are counted before the first is looked at. */
export const recordOf = <Value extends z.ZodType>(most: number, key: z.ZodString, value: Value) =>
  z
    .preprocess(
      (given, context) => {
        if (!hasMore(given, most)) return given;
        context.issues.push({ code: "custom", message: `at most ${most} entries`, input: given });
        return z.NEVER;
      },
      z.record(key, value),
    )
    .meta({ maxProperties: most });

function hasMore(given: unknown, most: number): boolean {
  if (typeof given !== "object" || given === null) return false;
  let count = 0;
  for (const key in given) if (Object.hasOwn(given, key) && ++count > most) return true;
  return false;
}
