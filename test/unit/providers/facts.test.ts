import { describe, expect, it } from "vitest";
import { difference } from "../../../sandbox/providers/difference.ts";
import type { Field, Fields } from "../../../sandbox/providers/fields.ts";
import { schemaFacts, type Fact, type TypeFacts } from "../../../sandbox/providers/gcp/facts/schema.ts";
import { withFacts } from "../../../sandbox/providers/gcp/facts/with-facts.ts";
import { gcpModel, tables } from "../../../sandbox/providers/gcp/model.ts";
import type { Properties, Value } from "../../../sandbox/providers/values.ts";

/** Types of which there are no facts, with what stands in for them. */
const withoutFacts: Readonly<Record<string, string>> = {
  "gcp:storage/notification:Notification":
    "not among the types of the facts; every field is ForceNew in google/services/storage/resource_storage_notification.go",
};

/** A field of a table by hand, beside what the schema says of it. */
interface Pair {
  path: string;
  field: Field;
  fact: Fact | undefined;
}

const membersOf = (field: Field): Fields =>
  field.kind === "object" ? field.fields : field.kind === "list" ? membersOf(field.of) : {};

/** Every field of a table, blocks before their fields. */
const pairsOf = (fields: Fields, facts: TypeFacts | undefined, above = ""): Pair[] =>
  Object.entries(fields).flatMap(([name, field]) => {
    const path = above === "" ? name : `${above}.${name}`;
    const fact = facts?.[name];
    return [{ path, field, fact }, ...pairsOf(membersOf(field), fact?.fields, path)];
  });

interface Leaf {
  /** Names of fields, and `[]` for the only item of a list. */
  path: string[];
  replaces: boolean;
}

/** Scalar fields, and lists and maps of scalars, with what the provider makes of a change. */
function leavesOf(fields: Fields, facts: TypeFacts | undefined): Leaf[] {
  return Object.entries(fields).flatMap(([name, field]): Leaf[] => {
    const fact = facts?.[name];
    if (fact === undefined || field.kind === "any") return [];
    if (field.kind === "object") return below([name], leavesOf(field.fields, fact.fields));
    if (field.kind === "map") return [{ path: [name, "key"], replaces: fact.forceNew }];
    if (field.kind !== "list") return [{ path: [name], replaces: fact.forceNew }];
    if (field.of.kind !== "object") return [{ path: [name, "[]"], replaces: fact.forceNew }];
    // A changed member of a set is one that goes and one that comes.
    return below([name, "[]"], leavesOf(field.of.fields, fact.fields)).map(({ path, replaces }) => ({
      path,
      replaces: replaces || (fact.type === "set" && fact.forceNew),
    }));
  });
}

const below = (above: string[], leaves: Leaf[]): Leaf[] =>
  leaves.map(({ path, replaces }) => ({ path: [...above, ...path], replaces }));

function holding([first, ...rest]: string[], value: string): Properties {
  if (first === undefined) throw new Error("no path");
  const inner = (steps: string[]): Value =>
    steps.length === 0
      ? value
      : steps[0] === "[]"
        ? [inner(steps.slice(1))]
        : { [steps[0] ?? ""]: inner(steps.slice(1)) };
  return { [first]: inner(rest) };
}

const kindOf = ({ type, fields, maxItems }: Fact): Field["kind"] =>
  type === "set" || type === "list" ? (fields && maxItems === 1 ? "object" : "list") : type;

/** What of a field is the schema's to say. */
const traits = ["required", "computed", "replaces", "default"] as const;

const saidBy = (fact: Fact): Pick<Field, (typeof traits)[number]> => ({
  required: fact.required,
  computed: fact.computed,
  replaces: fact.forceNew,
  ...(fact.default !== undefined && { default: fact.default }),
});

const modelled = tables.map((table) => ({ type: table.type, table, facts: schemaFacts.get(table.type) }));
const known = modelled.filter(({ facts }) => facts !== undefined);

it("has facts of every modelled type but those that are listed with a reason", () => {
  expect(modelled.filter(({ facts }) => facts === undefined).map(({ type }) => type)).toEqual(
    Object.keys(withoutFacts),
  );
  expect(gcpModel.resources.map(({ type }) => type)).toEqual(modelled.map(({ type }) => type));
});

describe.each(known)("$type", ({ table, facts }) => {
  const pairs = pairsOf(table.fields, facts);

  it("has only fields that the provider has, of its kinds", () => {
    const strangers = pairs.flatMap(({ path, field, fact }) =>
      fact?.type === undefined
        ? [`${path}: the provider has no such field`]
        : field.kind !== "any" && field.kind !== kindOf(fact)
          ? [`${path} is a ${field.kind}, in the provider a ${kindOf(fact)}`]
          : [],
    );
    expect(strangers).toEqual([]);
  });

  it("takes what is required, computed, ForceNew, a set and the default from the schema", () => {
    const differing = pairsOf(withFacts(table).fields, facts).flatMap(({ path, field, fact }) => {
      if (fact === undefined) return [];
      const said = { ...saidBy(fact), ...field.exception?.says };
      const wrong = traits.filter((trait) => field[trait] !== said[trait]);
      const order = field.kind === "list" && field.unordered !== (fact.type === "set") ? ["unordered"] : [];
      return [...wrong, ...order].map((trait) => `${path}: ${trait}`);
    });
    expect(differing).toEqual([]);
  });

  it("repeats by hand nothing that the schema says", () => {
    const repeated = pairs.flatMap(({ path, field, fact }) => [
      ...[...traits, "unordered" as const]
        .filter((trait) => Object.hasOwn(field, trait))
        .map((trait) => `${path}: ${trait} is the schema's to say, or an exception with its reason`),
      ...(field.kind === "list" && field.min !== undefined && field.min === fact?.minItems
        ? [`${path}: min is the schema's to say`]
        : []),
    ]);
    expect(repeated).toEqual([]);
  });

  it("replaces where the provider does, field by field", () => {
    const { fields } = withFacts(table);
    const wrong = leavesOf(fields, facts).flatMap(({ path, replaces }) => {
      const changes = difference(fields, { inputs: holding(path, "one"), state: {} }, holding(path, "two"));
      return changes.length === 1 && changes[0]?.replaces === replaces ? [] : [path.join(".")];
    });
    expect(wrong).toEqual([]);
  });

  it("has a reason for each exception, which says something else than the schema", () => {
    const idle = pairs.flatMap(({ path, field, fact }) => {
      if (field.exception === undefined || fact === undefined) return [];
      const { because, says } = field.exception;
      const said: Record<string, unknown> = { ...saidBy(fact) };
      const same = Object.entries(says).filter(([trait, value]) => said[trait] === value);
      return [
        ...same.map(([trait]) => `${path}: the schema says the same of ${trait}`),
        ...(because.length < 10 || Object.keys(says).length === 0 ? [`${path}: no exception`] : []),
      ];
    });
    expect(idle).toEqual([]);
  });

  it("has only outputs that the provider has and that no program sets", () => {
    const strangers = table.outputs.filter((output) => facts?.[output]?.computed !== true);
    const inputs = table.outputs.filter((output) => output in table.fields);
    expect({ strangers, inputs }).toEqual({ strangers: [], inputs: [] });
  });

  it("keeps secret what the provider calls sensitive", () => {
    const present = [...Object.keys(table.fields), ...table.outputs];
    const open = present.filter(
      (name) => facts?.[name]?.sensitive === true && table.secrets?.includes(name) !== true,
    );
    expect(open).toEqual([]);
  });

  it("models every field that the provider requires, in the type and in its modelled blocks", () => {
    const requiredIn = (fields: Fields, given: TypeFacts, above: string): string[] =>
      Object.entries(given)
        .filter(([name, { required }]) => required && !(name in fields))
        .map(([name]) => `${above}${name}`);
    const missing = [
      ...requiredIn(table.fields, facts ?? {}, ""),
      ...pairs.flatMap(({ path, field, fact }) =>
        fact?.fields && Object.keys(membersOf(field)).length > 0
          ? requiredIn(membersOf(field), fact.fields, `${path}.`)
          : [],
      ),
    ];
    expect(missing).toEqual([]);
  });
});
