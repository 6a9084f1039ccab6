import { describe, expect, test } from "vitest";
import { once } from "../../unit/once.ts";
import { LISTS } from "./arguments.ts";
import { keyOf, listAt, madeOf, withList, type Made } from "./lists.ts";
import { SAMPLES, type Sample } from "./samples.ts";

const tried = Object.entries(LISTS).filter(([, { path }]) => !/^placement\.|^waitFor$/.test(path));

function sampleNamed(name: string): Sample {
  const found = SAMPLES[name];
  if (found === undefined) throw new Error(`no sample ${name}`);
  return found;
}

async function made(sample: Sample, path: string, list: readonly unknown[]): Promise<Made[]> {
  const resources = await madeOf(sample, withList(sample.args, path, list));
  if (resources === undefined) throw new Error(`the sample refuses ${path}: ${JSON.stringify(list)}`);
  return resources;
}

const asGiven = once(async (name: string) => (await madeOf(sampleNamed(name), sampleNamed(name).args)) ?? []);

/** Without the first element, or the first that the component can do without. */
async function withoutFirst(sample: Sample, path: string, list: readonly unknown[]): Promise<Made[]> {
  for (const place of list.keys()) {
    const resources = await madeOf(sample, withList(sample.args, path, list.toSpliced(place, 1)));
    if (resources !== undefined) return resources;
  }
  throw new Error(`the sample needs every element of ${path}`);
}

describe.each(tried.filter(([, { ordered }]) => ordered === undefined))("%s", (_, argument) => {
  test("changes no resource when its elements are moved", async () => {
    const { path } = argument;
    const sample = sampleNamed(argument.sample);
    const list = listAt(sample.args, path);
    expect(list.length).toBeGreaterThan(1);
    const before = await asGiven(argument.sample);
    expect(await made(sample, path, list.toReversed())).toEqual(before);
    expect(await made(sample, path, [...list.slice(1), ...list.slice(0, 1)])).toEqual(before);
  });
});

describe.each(tried)("%s", (_, argument) => {
  test("loses no resource but its own when an element is taken out", async () => {
    const { path } = argument;
    const sample = sampleNamed(argument.sample);
    const list = listAt(sample.args, path);
    const before = await asGiven(argument.sample);
    const after = await withoutFirst(sample, path, list);
    const names = new Set(before.map(keyOf));
    expect(after.map(keyOf).filter((one) => !names.has(one))).toEqual([]);
    if (argument.ordered !== undefined) return;
    const changed = changedSiblings(before, after);
    const { shared } = argument;
    expect(changed.filter((one) => shared === undefined || !one.startsWith(`${shared.type} `))).toEqual([]);
  });
});

/** Resources that changed although the element had some of the same type for itself: one of those took another's place. */
function changedSiblings(before: readonly Made[], after: readonly Made[]): string[] {
  const count = (resources: readonly Made[], type: string) =>
    resources.filter((one) => one.type === type).length;
  const inputsBefore = new Map(before.map((one) => [keyOf(one), JSON.stringify(one.inputs)]));
  return after
    .filter(({ type }) => count(before, type) !== count(after, type))
    .filter((one) => inputsBefore.get(keyOf(one)) !== JSON.stringify(one.inputs))
    .map(keyOf);
}
