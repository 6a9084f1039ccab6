import { z } from "zod";

// Every text, list and record of the protocol has a maximum size, so that no body, record or event can be larger than
// its reader accepts (test/unit/protocol/bounds.test.ts). zod checks the length of lists before their elements.

/** A text of at most so many UTF-16 code units; longer ones are not checked further. */
export const text = (most: number) => z.string().max(most, { abort: true });

/** A time as ISO 8601 in UTC: 24 characters as JavaScript writes it, some more for a finer clock. */
export const time = () => z.iso.datetime().max(40);

/** A record of at most so many entries, counted before they are checked. */
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
