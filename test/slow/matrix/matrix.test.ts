import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { environments } from "../../../tools/policy/environments.ts";
import type { SettingText } from "../../../stacks/codecs.ts";
import { POLICY_REFUSALS, type PolicyRefusal } from "../../../stacks/policy-refusals.ts";
import { SETTINGS_OF, STACK_KINDS } from "../../../stacks/settings.ts";
import { demandsOf } from "./demands.ts";
import { pairwise } from "./pairwise.ts";
import { refusedPair } from "./refused.ts";
import { resolved } from "./resolve.ts";
import { configOf, declared, problemFinder, refusals, type Configuration, type Refusal } from "./run.ts";
import { CHOICES, type Value } from "./values.ts";

describe.each(STACK_KINDS)("the values that are tried of a stack of the kind %s", (kind) => {
  const byKey: Readonly<Record<string, { text: SettingText; schema: z.ZodType }>> = SETTINGS_OF[kind];
  const settings = Object.entries(byKey);

  test("are of every key that there is, and of no other", () => {
    expect(Object.keys(CHOICES[kind]).toSorted()).toEqual(settings.map(([key]) => key).toSorted());
  });

  test("show every part of each key's schema: set and left out, each member, true, and each limit", () => {
    const missing = settings.flatMap(([key, { schema, text }]) => {
      if (key === "kind") return [];
      const values = CHOICES[kind][key] ?? [];
      return (
        demandsOf(key, schema, text.default === undefined)
          // Its lists are made for the other keys: the regions of the placement, with and without contexts.
          .filter(({ text: demand }) => !demand.startsWith("clusters[]"))
          .filter(({ metBy }) => !values.some((value) => metBy(value)))
          .map(({ text: demand }) => demand)
      );
    });
    expect(missing).toEqual([]);
  });
});

describe.each(STACK_KINDS)("two values of different keys of a stack of the kind %s", (kind) => {
  const choices = Object.entries(CHOICES[kind]);

  test("go together, or are refused in words that say why", async () => {
    const problemsIn = await problemFinder();
    const wrong: string[] = [];
    for (const pair of pairsOf(choices)) {
      const found = problemsIn(resolved(smallestWith(choices, pair)));
      const expected = refusedPair(...pair);
      if (expected === undefined ? found === "" : expected.says.test(found)) continue;
      wrong.push(`${JSON.stringify(pair)}: ${found === "" ? "accepted" : found}`);
    }
    expect(wrong).toEqual([]);
  });
});

/** The policies' refusals that were met. */
const met = new Set<PolicyRefusal>();

describe.each(STACK_KINDS)("every two values of a stack of the kind %s that go together", (kind) => {
  const factors = [...Object.entries(CHOICES[kind]), ["environment", environments()] as const];
  const { rows, impossible } = pairwise(
    factors.map(([, values]) => values.length),
    (factor, choice, other, otherChoice) =>
      refusedPair(valueOf(factors, factor, choice), valueOf(factors, other, otherChoice)) === undefined,
  );

  test("stand together in a row", () => {
    expect(
      impossible.map(([factor, choice, other, otherChoice]) => [
        valueOf(factors, factor, choice),
        valueOf(factors, other, otherChoice),
      ]),
    ).toEqual([]);
  });

  test.each(rows.map((row, index) => [index + 1, row] as const))(
    "pass every policy in row %i, but where it is documented",
    async (_, row) => {
      const { environment, ...values } = Object.fromEntries(
        row.map((choice, factor) => valueOf(factors, factor, choice)),
      );
      const configuration = resolved(values);
      const config = configOf(configuration);
      const resources = (await declared(configuration)).judged();
      const undocumented: Refusal[] = [];
      // Production is the strictest: what passes there passes anywhere but for where data may be.
      for (const one of new Set([environment as string, "prod"])) {
        for (const refusal of await refusals(resources, one)) {
          const documented = POLICY_REFUSALS.filter(
            ({ policy, environments: where, when }) =>
              policy === refusal.policy && where.includes(one) && when(config),
          );
          for (const known of documented) met.add(known);
          if (documented.length === 0) undocumented.push(refusal);
        }
      }
      expect(undocumented).toEqual([]);
    },
  );
});

test("each refusal that is documented is met", () => {
  expect(POLICY_REFUSALS.filter((one) => !met.has(one)).map(({ setting }) => setting)).toEqual([]);
});

type Choice = readonly [key: string, value: Value];
type Factors = readonly (readonly [key: string, values: readonly Value[]])[];

function valueOf(factors: Factors, factor: number, choice: number): Choice {
  const [key = "", values = []] = factors[factor] ?? [];
  return [key, values[choice]];
}

function pairsOf(factors: Factors): (readonly [Choice, Choice])[] {
  return factors.flatMap(([key, values], index) =>
    factors.slice(index + 1).flatMap(([other, otherValues]) =>
      values.flatMap((value) =>
        otherValues.map(
          (otherValue) =>
            [
              [key, value],
              [other, otherValue],
            ] as const,
        ),
      ),
    ),
  );
}

/** A configuration of two values and, of every other key, the first value that goes with both. */
function smallestWith(factors: Factors, pair: readonly [Choice, Choice]): Configuration {
  return {
    ...Object.fromEntries(
      factors.map(([key, values]) => [
        key,
        values.find((value) => pair.every((one) => refusedPair([key, value], one) === undefined)),
      ]),
    ),
    ...Object.fromEntries(pair),
  };
}
