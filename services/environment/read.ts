import { z } from "zod";
import { allowedOf, type Values, type Variable, type Variables } from "./variable.ts";

/** What is set, by the names of variables. */
export type Given<Name extends string = string> = Readonly<Partial<Record<Name, string | undefined>>>;

/** A variable whose value cannot be read, or that is not there and has to be. */
export interface Unreadable {
  readonly name: string;
  readonly given: string | undefined;
  /** What it may be, in words that go on after "it must be". */
  readonly allowed: string;
}

/** What is set: an empty variable is what templates make of an absent value. */
export const setOf = (environment: Given): Given =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));

/**
 * Reads every variable of a table.
 *
 * @param given what is set: see {@link setOf}
 * @returns the values, or undefined with everything that is wrong
 */
export function readValues<const Table extends Variables>(
  table: Table,
  given: Given,
): { readonly values: Values<Table> | undefined; readonly unreadable: readonly Unreadable[] } {
  const shape = Object.fromEntries(Object.entries(table).map(([name, one]) => [name, schemaOf(one)]));
  const { data, error } = z.object(shape).safeParse(given);
  const unreadable = (error?.issues ?? []).map(({ path: [key], message }) => {
    const name = String(key);
    return { name, given: given[name], allowed: message };
  });
  // The shape has a schema for each variable of the table, of the type that `Values` tells of it.
  return { values: data as Values<Table> | undefined, unreadable };
}

function schemaOf(variable: Variable): z.ZodType {
  const schema = valueSchema(variable);
  if ("default" in variable) return schema.prefault(String(variable.default));
  if (variable.type === "list") return schema.default([]);
  return variable.required === true ? schema : schema.optional();
}

function valueSchema(variable: Variable): z.ZodType {
  const allowed = allowedOf(variable);
  switch (variable.type) {
    case "text":
      return z.string(allowed).regex(variable.pattern ?? /./s, allowed);
    case "json":
      return z.string(allowed);
    case "list": {
      const item = new RegExp(`^(?:${variable.item.source})$`, variable.item.flags);
      return z
        .string(allowed)
        .transform((text) => [...new Set(text.split(","))])
        .refine((items) => items.every((one) => item.test(one)), allowed);
    }
    case "url":
      return z.url({ protocol: /^https?$/, error: allowed }).transform((url) => url.replace(/\/+$/, ""));
    case "choice":
      return z.enum(variable.values, allowed);
    case "flag":
      return z.stringbool({ error: allowed });
    case "number": {
      const { min, max, whole = false } = variable;
      return z
        .string(allowed)
        .refine((text) => {
          const value = Number(text);
          return (
            /^(?:\d+\.?\d*|\.\d+)$/.test(text) &&
            value >= min &&
            value <= max &&
            (!whole || Number.isInteger(value))
          );
        }, allowed)
        .transform(Number);
    }
  }
}
