import { readFileSync } from "node:fs";
import type { ResourceModel } from "../../model.ts";
import { isList, isObject, isUnknown, unknown, type Properties, type Value } from "../../values.ts";

/** What `constraints.json` says of a resource type. */
interface Constraints {
  exactlyOneOf?: string[][];
  atLeastOneOf?: string[][];
  requiredWith?: Record<string, string[]>;
  conflictsWith?: Record<string, string[]>;
  minItems?: Record<string, number>;
  maxItems?: Record<string, number>;
}

const constraints: ReadonlyMap<string, Constraints> = new Map(
  Object.entries(
    (
      JSON.parse(readFileSync(new URL("constraints.json", import.meta.url), "utf8")) as {
        types: Record<string, Constraints>;
      }
    ).types,
  ),
);

/** Fields that cannot be given beside this one. */
export const conflictsOf = (type: string, field: string): readonly string[] =>
  constraints.get(type)?.conflictsWith?.[field] ?? [];

/** A model that also refuses combinations of fields that the provider's schema refuses. */
export function withConstraints(model: ResourceModel): ResourceModel {
  if (!constraints.has(model.type)) return model;
  return {
    ...model,
    problems: (inputs, config) => [
      ...(model.problems?.(inputs, config) ?? []),
      ...constraintProblems(model.type, inputs),
    ],
  };
}

/**
 * Combinations of fields that the provider's schema refuses. A field counts as given whatever its value is, `false`
 * too; an empty list does not. Unknown values are never refused.
 * https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-behaviors
 */
export function constraintProblems(type: string, inputs: Properties): string[] {
  const known = constraints.get(type);
  if (known === undefined) return [];
  const given = (path: string): Value[] => valuesAt(inputs, path);
  const isGiven = (path: string): boolean => given(path).length > 0;
  const isKnown = (path: string): boolean => given(path).some((value) => !isUnknown(value));

  /** A group is judged where the block of one of its fields is there. */
  const judged = (groups: string[][] = []): string[][] =>
    groups.filter((group) =>
      group.some((path) => given(parentOf(path)).some((value) => !isUnknown(value)) || !path.includes(".")),
    );
  return [
    ...judged(known.exactlyOneOf).flatMap((group) => {
      const all = group.filter(isKnown);
      if (all.length === 1 || (all.length === 0 && group.some(isGiven))) return [];
      return [`give exactly one of ${group.join(", ")}; given: ${all.length > 0 ? all.join(", ") : "none"}`];
    }),
    ...judged(known.atLeastOneOf)
      .filter((group) => !group.some(isGiven))
      .map((group) => `give one or more of ${group.join(", ")}; given: none`),
    ...Object.entries(known.requiredWith ?? {}).flatMap(([path, others]) =>
      isGiven(path)
        ? others.filter((other) => !isGiven(other)).map((other) => `${path} needs ${other} beside it`)
        : [],
    ),
    ...conflicts(known.conflictsWith ?? {}).flatMap(([path, other]) =>
      isKnown(path) && isKnown(other) ? [`give one of ${path} and ${other}, not both`] : [],
    ),
    ...Object.entries(known.minItems ?? {}).flatMap(([path, least]) =>
      sizesAt(inputs, path)
        .filter((size) => size < least)
        .map((size) => `${path} takes ${least} or more, not ${size}`),
    ),
    ...Object.entries(known.maxItems ?? {}).flatMap(([path, most]) =>
      sizesAt(inputs, path)
        .filter((size) => size > most)
        .map((size) => `${path} takes ${most} at most, not ${size}`),
    ),
  ];
}

/** Each pair once, though both of them may name the other. */
function conflicts(named: Record<string, string[]>): [string, string][] {
  const pairs = Object.entries(named).flatMap(([path, others]) =>
    others.map((other): [string, string] => [path, other]),
  );
  return pairs.filter(
    ([one, other], index) =>
      !pairs.slice(0, index).some(([before, after]) => before === other && after === one),
  );
}

const parentOf = (path: string): string => path.split(".").slice(0, -1).join(".");

/** The values that are given at a path, one for each item of the lists on the way. */
function valuesAt(inputs: Value, path: string): Value[] {
  const steps = path === "" ? [] : path.split(".");
  return steps.reduce<Value[]>(
    (values, step) => {
      const key = step.replace(/\[\]$/, "");
      return values.flatMap((value): Value[] => {
        if (isUnknown(value)) return [unknown];
        const child = isObject(value) ? value[key] : undefined;
        if (child === undefined || child === null || (isList(child) && child.length === 0)) return [];
        return step.endsWith("[]") && isList(child) ? [...child] : [child];
      });
    },
    [inputs],
  );
}

/** How many items the lists at a path have, where they are given at all. */
function sizesAt(inputs: Value, path: string): number[] {
  const key = path.slice(path.lastIndexOf(".") + 1);
  return valuesAt(inputs, parentOf(path)).flatMap((parent) => {
    const list = isObject(parent) ? parent[key] : undefined;
    return list === undefined || list === null || !isList(list) ? [] : [list.length];
  });
}
