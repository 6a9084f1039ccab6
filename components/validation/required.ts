import { InvalidArguments } from "./problems.ts";
import { shown, type Problem } from "./problem.ts";

/** The keys that a type says are always there. */
type RequiredKey<Args> = {
  [Key in keyof Args]-?: Pick<Args, Key> extends Required<Pick<Args, Key>> ? Key : never;
}[keyof Args];

/** Form of an argument in JavaScript: a list, an object of plain values, or any value, including outputs. */
type Form<Value> = Value extends readonly unknown[] ? "list" : "value" | "object";

/** Every required argument, and its form: a key that is missing here does not compile. */
export type RequiredArguments<Args> = { readonly [Key in RequiredKey<Args>]: Form<Args[Key]> };

const ALLOWED = { list: "a list", object: "an object", value: "a value" } as const;

/**
 * Refuses what TypeScript would not have compiled: JavaScript, a configuration that was cast and programs in other languages
 * may leave a required argument out, or give something else for a list. Comes before anything that reads the arguments.
 *
 * @param what the thing being made, as the user knows it: `MediaBucket "media"`
 * @throws {@link InvalidArguments} naming each of them
 */
export function requireArguments<Args extends object>(
  what: string,
  args: Args,
  required: RequiredArguments<Args>,
): void {
  const given = new Map<string, unknown>(Object.entries((args as Args | undefined) ?? {}));
  const wrong = Object.entries<keyof typeof ALLOWED>(required).flatMap(([path, form]): Problem[] => {
    const value = given.get(path);
    if (hasForm(value, form)) return [];
    const nothing = value === undefined || value === null;
    return [
      {
        path,
        given: nothing ? "nothing" : shown(value),
        allowed: ALLOWED[form],
        fix: nothing ? `pass ${path}: it has no default` : `pass ${path} as ${ALLOWED[form]}`,
      },
    ];
  });
  if (wrong.length > 0) throw new InvalidArguments(what, wrong);
}

function hasForm(value: unknown, form: keyof typeof ALLOWED): boolean {
  if (form === "list") return Array.isArray(value);
  if (value === undefined || value === null) return false;
  return form === "value" || (typeof value === "object" && !Array.isArray(value));
}
