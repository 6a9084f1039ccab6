import fc from "fast-check";
import { expect, it } from "vitest";
import {
  canonical,
  concealAll,
  containsSecret,
  reveal,
  revealAll,
  secret,
  type Properties,
  type Value,
} from "../../../sandbox/providers/values.ts";

const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie("value"), { maxKeys: 3 }),
  ),
}));
const anyProperties = fc.dictionary(fc.string({ maxLength: 3 }), anyValue, { maxKeys: 4 });

/** Marks some values, at any depth, as secret. */
const marked = (value: Value, coin: () => boolean): Value => {
  if (coin()) return secret(value);
  if (Array.isArray(value)) return value.map((item: Value) => marked(item, coin));
  if (typeof value === "object" && value !== null) return markedAll(value as Properties, coin);
  return value;
};
const markedAll = (properties: Properties, coin: () => boolean): Properties =>
  Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, marked(value, coin)]));

const anyMarked = fc
  .tuple(anyProperties, fc.infiniteStream(fc.boolean()))
  .map(([plain, coins]) => ({ plain, marked: markedAll(plain, () => coins.next().value === true) }));

/** Everything inside a secret's mark. */
const secretsIn = (value: Value): Value[] => {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: Value) => secretsIn(item));
  const properties = value as Properties;
  return canonical(properties) === canonical(secret(properties["value"] ?? null))
    ? [reveal(properties)]
    : Object.values(properties).flatMap(secretsIn);
};

it("revealing takes all marks away and changes nothing else", () => {
  fc.assert(
    fc.property(anyMarked, ({ plain, marked: given }) => {
      expect(revealAll(given)).toEqual(plain);
    }),
  );
});

it("what was secret in the inputs is secret again in an echo of them", () => {
  fc.assert(
    fc.property(anyMarked, ({ plain, marked: given }) => {
      const echoed = concealAll(plain, [given]);
      expect(revealAll(echoed)).toEqual(plain);
      const kept = secretsIn(echoed).map(canonical);
      expect(secretsIn(given).filter((value) => !kept.includes(canonical(value)))).toEqual([]);
    }),
  );
});

it("where an answer has another shape, the whole of a property with a secret is secret", () => {
  fc.assert(
    fc.property(anyMarked, anyValue, ({ marked: given }, other) => {
      const answer = Object.fromEntries(Object.keys(given).map((key) => [key, [other, "more"]]));
      for (const [key, value] of Object.entries(concealAll(answer, [given]))) {
        if (containsSecret(given[key] ?? null)) expect(containsSecret(value)).toBe(true);
      }
    }),
  );
});

it("an object that lacks the secret's key may hold the secret elsewhere, so all of it is secret", () => {
  const given = { list: [{ password: secret("p"), user: "u" }] };
  expect(concealAll({ list: [{ login: "u:p" }] }, [given])).toEqual({ list: [secret({ login: "u:p" })] });
  expect(concealAll({ list: [{ password: "p", login: "u" }] }, [given])).toEqual({
    list: [{ password: secret("p"), login: "u" }],
  });
});

it("a property named as secret is secret whatever the inputs were", () => {
  expect(concealAll({ key: "k", id: "i" }, [{}], ["key"])).toEqual({ key: secret("k"), id: "i" });
});

it("nulls in objects are not set, as the engine means them", () => {
  expect(revealAll({ one: null, two: { three: null }, four: [null] })).toEqual({ two: {}, four: [null] });
});
