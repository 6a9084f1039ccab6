import { z } from "zod";
import { shown, type Problem } from "../../components/validation/index.ts";
import { nearest } from "../../stacks/nearest.ts";

/**
 * Everything in which a file's content does not fit its schema, in plain words: for each the key as a path, the value and what is allowed.
 *
 * @param error of `schema` about `content`
 */
export function schemaProblems(
  schema: z.core.$ZodType,
  error: z.ZodError,
  content: unknown,
  fix: string,
): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = z.core.toDotPath(issue.path);
    if (issue.code === "unrecognized_keys") {
      const known = keysOf(issue.path.reduce(part, schema));
      return issue.keys.map((key) => unknownKey(path, key, known));
    }
    const given = valueAt(content, issue.path);
    return [
      { path: path === "" ? "the file" : path, given: shown(given), allowed: allowedBy(issue, given), fix },
    ];
  });
}

/** A schema without what only says that it may be left out. */
function bare(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? bare(schema.def.innerType)
    : schema;
}

/** What is at a key of an object, or in a list. */
function part(whole: z.core.$ZodType | undefined, key: PropertyKey): z.core.$ZodType | undefined {
  const schema = bare(whole);
  if (schema instanceof z.ZodObject) return shapeOf(schema)[String(key)];
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

function keysOf(whole: z.core.$ZodType | undefined): string[] {
  const schema = bare(whole);
  return schema instanceof z.ZodObject ? Object.keys(shapeOf(schema)) : [];
}

const shapeOf = (schema: z.ZodObject): z.core.$ZodShape => schema.shape;

function unknownKey(path: string, key: string, known: readonly string[]): Problem {
  const meant = nearest(key, known);
  return {
    path: path === "" ? key : `${path}.${key}`,
    given: "a key that does not exist",
    allowed: known.join(", "),
    fix: meant === undefined ? "remove it" : `rename it to ${meant}, or remove it`,
  };
}

const valueAt = (content: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    content,
  );

const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "text",
};

/** What a key may hold, from what the schema says of the value that it refused. */
function allowedBy(issue: z.core.$ZodIssue, given: unknown): string {
  if (issue.code === "invalid_type") return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value")
    return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
  if (issue.code === "too_small") return sized(issue.origin, `at least ${issue.minimum}`, given);
  if (issue.code === "too_big") return sized(issue.origin, `at most ${issue.maximum}`, given);
  return issue.message;
}

function sized(origin: string, limit: string, given: unknown): string {
  if (typeof given === "string")
    return given === "" ? "text that is not empty" : `text of ${limit} characters`;
  if (Array.isArray(given))
    return given.length === 0 ? "a list that is not empty" : `a list of ${limit} items`;
  return origin === "int" ? `a whole number, ${limit}` : `a number, ${limit}`;
}
