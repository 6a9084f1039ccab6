import { at, type Field, type Fields } from "./fields.ts";
import { isList, isObject, isUnknown, type Properties, type Value } from "./values.ts";

/** Inputs as the real provider would complete them, and every problem with them at once. */
export interface Checked {
  inputs: Properties;
  problems: string[];
}

/**
 * @param inputs revealed inputs
 * @param mayPrint whether the value below a top-level property may be shown; secrets may not
 * @param take told of fields and of values without a model, which are then kept as they are. @default they are problems
 */
export function checkFields(
  fields: Fields,
  inputs: Properties,
  mayPrint: (property: string) => boolean = () => true,
  take?: (path: string) => void,
): Checked {
  const problems: string[] = [];
  const complete = (known: Fields, given: Properties, path: string): Properties => {
    const result: Record<string, Value> = {};
    for (const [key, value] of Object.entries(given)) {
      const field = known[key];
      if (field === undefined && take !== undefined) {
        take(at(path, key));
        result[key] = value;
      } else if (field === undefined) {
        const where = path === "" ? "modelled fields" : `modelled in ${path}`;
        problems.push(
          `the sandbox does not model the field ${at(path, key)}; ${where}: ${Object.keys(known).join(", ")}`,
        );
      } else {
        result[key] = checkField(
          field,
          value,
          at(path, key),
          path === "" ? mayPrint(key) : mayPrintBelow(path),
        );
      }
    }
    for (const [key, field] of Object.entries(known)) {
      if (key in given) continue;
      const excluded = field.defaultUnless?.some((other) => other in given) === true;
      if (field.default !== undefined && !excluded) result[key] = field.default;
      else if (field.required) problems.push(`${at(path, key)} is required`);
    }
    return result;
  };
  const mayPrintBelow = (path: string): boolean => mayPrint(/^[^.[]*/.exec(path)?.[0] ?? path);
  const checkField = (field: Field, value: Value, path: string, print: boolean): Value => {
    if (isUnknown(value)) return value;
    const wrong = (expected: string): Value => {
      problems.push(`${path} must be ${expected}, not ${describe(value, print)}`);
      return value;
    };
    switch (field.kind) {
      case "any":
        return value;
      case "boolean":
        return typeof value === "boolean" ? value : wrong("true or false");
      case "scalar":
        return typeof value === "string" || typeof value === "number" ? value : wrong("a number or a string");
      case "number":
        return isNumberWithin(field, value) ? value : wrong(numberRule(field));
      case "string":
        if (typeof value !== "string") return wrong("a string");
        if (field.allowed?.includes(value) === false) {
          // What is allowed here may be what the sandbox can do, not all that the service takes.
          if (take === undefined) return wrong(`one of ${field.allowed.join(", ")}`);
          take(path);
        }
        if (field.pattern?.test(value) === false)
          return wrong(field.rule ?? `matched by ${field.pattern.source}`);
        return value;
      case "list":
        if (!isList(value)) return wrong("a list");
        if (field.min !== undefined && value.length < field.min)
          return wrong(`a list of at least ${field.min}`);
        return value.map((item, index) => checkField(field.of, item, at(path, index), print));
      case "map":
        if (!isObject(value)) return wrong("a map");
        return Object.fromEntries(
          Object.entries(value).map(([key, item]) => [key, checkField(field.of, item, at(path, key), print)]),
        );
      case "object":
        return isObject(value) ? complete(field.fields, value, path) : wrong("an object");
    }
  };
  return { inputs: complete(fields, inputs, ""), problems };
}

function isNumberWithin(field: Extract<Field, { kind: "number" }>, value: Value): boolean {
  return (
    typeof value === "number" &&
    (!field.integer || Number.isInteger(value)) &&
    value >= (field.min ?? -Infinity) &&
    value <= (field.max ?? Infinity)
  );
}

function numberRule({ integer, min, max }: Extract<Field, { kind: "number" }>): string {
  const kind = integer ? "an integer" : "a number";
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  if (min !== undefined) return `${kind} of at least ${min}`;
  return max === undefined ? kind : `${kind} of at most ${max}`;
}

function describe(value: Value, print: boolean): string {
  if (isList(value)) return `a list of ${value.length}`;
  if (isObject(value)) return "an object";
  return print ? JSON.stringify(value) : `a secret ${typeof value}`;
}
