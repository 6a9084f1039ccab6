import { at, type Field, type Fields } from "./fields.ts";
import { canonical, isList, isObject, isUnknown, same, type Properties, type Value } from "./values.ts";

export interface Change {
  /** Property path, e.g. `lifecycleRules[0].action.type`. */
  path: string;
  kind: "add" | "delete" | "update";
  replaces: boolean;
}

/** What changes between old and new inputs, field by field, as the resource's service sees them. */
export function difference(
  fields: Fields,
  old: { inputs: Properties; state: Properties },
  inputs: Properties,
): Change[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    // What the service chose counts as the old value of a field that the program now sets itself.
    const before = old.inputs[key] ?? (field.computed ? old.state[key] : undefined);
    return compare(field, before, inputs[key], key, false);
  });
}

function compare(
  field: Field,
  old: Value | undefined,
  value: Value | undefined,
  path: string,
  inherited: boolean,
): Change[] {
  const replaces = field.replaces ?? inherited;
  if (isEmpty(value)) {
    return isEmpty(old) || field.computed || same(old, field.default)
      ? []
      : [{ path, kind: "delete", replaces: replaces || holdsReplacing(field, old) }];
  }
  if (isEmpty(old)) return [{ path, kind: "add", replaces: replaces || holdsReplacing(field, value) }];
  const update: Change[] = [{ path, kind: "update", replaces }];
  if (isUnknown(value)) return update;
  switch (field.kind) {
    case "object":
      if (!isObject(old) || !isObject(value)) return update;
      return Object.entries(field.fields).flatMap(([key, member]) =>
        compare(member, old[key], value[key], at(path, key), replaces),
      );
    case "map":
      if (!isObject(old) || !isObject(value)) return update;
      return [...new Set([...Object.keys(old), ...Object.keys(value)])].flatMap((key) =>
        compare(field.of, old[key], value[key], at(path, key), replaces),
      );
    case "list":
      if (!isList(old) || !isList(value)) return update;
      if (field.unordered) return compareSets(field.of, old, value, path, replaces);
      return Array.from({ length: Math.max(old.length, value.length) }).flatMap((_, index): Change[] => {
        const item = at(path, index);
        // An item is there or not, even where it says nothing, as `{}` in a network policy's rules.
        if (index >= old.length)
          return [{ path: item, kind: "add", replaces: replaces || holdsReplacing(field.of, value[index]) }];
        if (index >= value.length)
          return [{ path: item, kind: "delete", replaces: replaces || holdsReplacing(field.of, old[index]) }];
        return compare(field.of, old[index], value[index], item, replaces);
      });
    case "any":
    case "boolean":
    case "number":
    case "scalar":
    case "string":
      return sameScalar(field, old, value) ? [] : update;
  }
}

/** Whether two values mean the same to the service. */
export const equivalent = (field: Field, one: Value | undefined, other: Value | undefined): boolean =>
  compare(field, one, other, "", false).length === 0 && compare(field, other, one, "", false).length === 0;

function sameScalar(field: Field, old: Value | undefined, value: Value | undefined): boolean {
  return (
    same(old, value) ||
    (typeof old === "string" && typeof value === "string" && field.same?.(old, value) === true)
  );
}

/** A member that comes or goes, or changes in any way, is another member of the set. */
function compareSets(
  field: Field,
  old: readonly Value[],
  value: readonly Value[],
  path: string,
  replaces: boolean,
): Change[] {
  if (
    !value.some(isUnknown) &&
    canonical(old.map(canonical).sort()) === canonical(value.map(canonical).sort())
  )
    return [];
  const lacks = (set: readonly Value[], item: Value): boolean =>
    !set.some((member) => compare(field, member, item, "", false).length === 0);
  const others = [...value.filter((item) => lacks(old, item)), ...old.filter((item) => lacks(value, item))];
  if (old.length === value.length && others.length === 0) return [];
  return [{ path, kind: "update", replaces: replaces || others.some((item) => holdsReplacing(field, item)) }];
}

/** Whether a field that replaces is set in a block that comes or goes: then the block's coming or going replaces too. */
function holdsReplacing(field: Field, value: Value | undefined): boolean {
  if (field.kind === "object" && isObject(value)) {
    return Object.entries(field.fields).some(
      ([key, member]) =>
        !isEmpty(value[key]) && (member.replaces === true || holdsReplacing(member, value[key])),
    );
  }
  if (field.kind === "list" && isList(value)) return value.some((item) => holdsReplacing(field.of, item));
  return false;
}

/** Nothing, null, and an empty list or map mean the same: not set. An empty string is a value. */
function isEmpty(value: Value | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    (isList(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  );
}
