import { expect, test } from "vitest";
import { readComponents, type ComponentReference } from "../../../tools/docs/components.ts";
import { root } from "../../engine/support.ts";
import { LISTS } from "./arguments.ts";
import { SAMPLES } from "./samples.ts";

const components = readComponents(root.replace(/\/$/, ""));
const isList = ({ type }: { readonly type: string }): boolean => /\[\]$|\bArray</.test(type);

/** Every list that a component takes, by the type and the property that declare it. */
function listsOf({ name, arguments: given, types }: ComponentReference): string[] {
  const own = given.filter(isList).map((one) => `${name}Args.${one.name}`);
  const nested = types.flatMap((type) =>
    type.kind === "object" ? type.members.filter(isList).map((one) => `${type.name}.${one.name}`) : [],
  );
  return [...own, ...nested];
}

test("every list among the arguments of every component is said to be a set, or why it is in an order", () => {
  expect(Object.keys(LISTS).toSorted()).toEqual([...new Set(components.flatMap(listsOf))].toSorted());
});

test("every component that takes a list is tried with some", () => {
  const taking = components.filter((one) => listsOf(one).length > 0).map(({ name }) => name);
  const tried = new Set(Object.keys(SAMPLES).map((name) => name.split(" ")[0]));
  expect(taking.filter((name) => !tried.has(name))).toEqual([]);
});
