import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Field, Fields } from "../../fields.ts";
import { gcpModel } from "../model.ts";
import type { WrittenFact } from "./schema.ts";

/**
 * Writes `google-provider.json` from a file of schema facts of Pulumi's Google provider: the types that the sandbox models, and of
 * their blocks those that it models. `node sandbox/providers/gcp/facts/write-facts.ts FACTS.json`; run it with a newer file of facts,
 * or after a type or a block is modelled.
 */
const [source] = process.argv.slice(2);
if (source === undefined)
  throw new Error("name the file of facts: node sandbox/providers/gcp/facts/write-facts.ts FACTS.json");

const baseFact = z.object({
  type: z.string(),
  required: z.boolean().optional(),
  optional: z.boolean().optional(),
  computed: z.boolean().optional(),
  forceNew: z.boolean().optional(),
  sensitive: z.boolean().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
});
type SourceFact = z.infer<typeof baseFact> & { fields?: Record<string, SourceFact> | undefined };
const sourceFact: z.ZodType<SourceFact> = baseFact.extend({
  fields: z.lazy(() => z.record(z.string(), sourceFact)).optional(),
});
const facts = z
  .object({ about: z.string(), types: z.record(z.string(), z.record(z.string(), sourceFact)) })
  .parse(JSON.parse(readFileSync(source, "utf8")));

const flags = ["required", "optional", "computed", "forceNew", "sensitive"] as const;

function written(fact: SourceFact, field: Field | undefined): WrittenFact {
  const words = [
    fact.type.replace(/\b(int|float)\b/, "number").replace(/\bbool\b/, "boolean"),
    ...flags.filter((flag) => fact[flag] === true),
    ...(fact.minItems === undefined ? [] : [`min=${fact.minItems}`]),
    ...(fact.maxItems === undefined ? [] : [`max=${fact.maxItems}`]),
  ];
  const is = words.join(" ");
  const fields = field === undefined ? undefined : membersOf(field);
  if (fact.default === undefined && fields === undefined) return is;
  return {
    is,
    ...(fact.default !== undefined && { default: fact.default }),
    ...(fact.fields && fields && { fields: allWritten(fact.fields, fields) }),
  };
}

const membersOf = (field: Field): Fields | undefined =>
  field.kind === "object" ? field.fields : field.kind === "list" ? membersOf(field.of) : undefined;

const allWritten = (facts: Record<string, SourceFact>, fields: Fields): Record<string, WrittenFact> =>
  Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, written(fact, fields[name])]));

const types = gcpModel.resources
  .toSorted((one, other) => (one.type < other.type ? -1 : 1))
  .flatMap(({ type, fields }) => {
    const known = facts.types[type];
    return known === undefined ? [] : [[type, allWritten(known, fields)] as const];
  });
const about = `Written by write-facts.ts. ${facts.about}`;
writeFileSync(
  new URL("google-provider.json", import.meta.url),
  `${JSON.stringify({ about, types: Object.fromEntries(types) }, null, 2)}\n`,
);
