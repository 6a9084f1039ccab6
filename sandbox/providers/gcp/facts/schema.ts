import { readFileSync } from "node:fs";

/** How `google-provider.json` writes what the provider's schema says of a field. */
export type WrittenFact =
  string | { is: string; default?: string | number | boolean; fields?: Record<string, WrittenFact> };

export type FieldType = "string" | "number" | "boolean" | "list" | "set" | "map";

/** What the schema of Google's provider says of one field, apart from rules that its code makes. */
export interface Fact {
  type: FieldType;
  /** Of a list's, set's or map's scalar items. */
  items?: "string" | "number" | "boolean";
  required: boolean;
  /** The service may choose the value, or does so always where the field is not an input. */
  computed: boolean;
  /** A program may set it. */
  input: boolean;
  forceNew: boolean;
  sensitive: boolean;
  /** The facts leave out defaults of false, 0 and "". */
  default?: string | number | boolean;
  minItems?: number;
  maxItems?: number;
  /** Of a block. */
  fields?: Readonly<Record<string, Fact>>;
}

/** Fields of a resource type by their Pulumi names. */
export type TypeFacts = Readonly<Record<string, Fact>>;

interface Written {
  about: string;
  types: Record<string, Record<string, WrittenFact>>;
}

/** By type token, of all types in the file. */
export const schemaFacts: ReadonlyMap<string, TypeFacts> = new Map(
  Object.entries(
    (JSON.parse(readFileSync(new URL("google-provider.json", import.meta.url), "utf8")) as Written).types,
  ).map(([type, fields]) => [type, readFields(fields)]),
);

function readFields(fields: Record<string, WrittenFact>): Record<string, Fact> {
  return Object.fromEntries(Object.entries(fields).map(([name, fact]) => [name, readFact(fact)]));
}

function readFact(written: WrittenFact): Fact {
  const fact = typeof written === "string" ? { is: written } : written;
  const [kind = "", ...words] = fact.is.split(" ");
  const [type, items] = kind.split(":");
  const count = (word: string): number | undefined => {
    const given = words.find((each) => each.startsWith(`${word}=`));
    return given === undefined ? undefined : Number(given.slice(word.length + 1));
  };
  const [minItems, maxItems] = [count("min"), count("max")];
  return {
    type: type as FieldType,
    ...(items !== undefined && { items: items as NonNullable<Fact["items"]> }),
    required: words.includes("required"),
    computed: words.includes("computed"),
    input: words.includes("required") || words.includes("optional"),
    forceNew: words.includes("forceNew"),
    sensitive: words.includes("sensitive"),
    ...(fact.default !== undefined && { default: fact.default }),
    ...(minItems !== undefined && { minItems }),
    ...(maxItems !== undefined && { maxItems }),
    ...(fact.fields && { fields: readFields(fact.fields) }),
  };
}
