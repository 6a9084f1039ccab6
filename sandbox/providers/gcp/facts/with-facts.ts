import type { Exception, Field, Fields } from "../../fields.ts";
import type { ResourceModel } from "../../model.ts";
import { conflictsOf } from "./constraints.ts";
import { schemaFacts, type Fact, type TypeFacts } from "./schema.ts";

/**
 * A model whose fields know from the provider's schema what is required, ForceNew, computed, a set, and what is the default. The tables
 * by hand say the rest: which fields there are, what the service accepts, and in `exception` where the provider's code or the service
 * differ from the schema. A type without facts keeps what its table says.
 */
export function withFacts(model: ResourceModel): ResourceModel {
  const facts = schemaFacts.get(model.type);
  if (facts === undefined) return model;
  // Pulumi's bridge fills in no default that conflicts with what is given.
  const fields = Object.entries(fieldsWith(model.fields, facts)).map(([name, field]): [string, Field] => {
    const conflicts = conflictsOf(model.type, name);
    const guarded = field.default !== undefined && conflicts.length > 0;
    return [name, guarded ? { ...field, defaultUnless: conflicts } : field];
  });
  return { ...model, fields: Object.fromEntries(fields) };
}

const fieldsWith = (fields: Fields, facts: TypeFacts): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const fact = facts[name];
      return [name, fact === undefined ? field : fieldWith(field, fact)];
    }),
  );

function fieldWith(field: Field, fact: Fact): Field {
  const traits = {
    required: fact.required,
    computed: fact.computed,
    replaces: fact.forceNew,
    ...(fact.default !== undefined && { default: fact.default }),
    ...field.exception?.says,
  };
  if (field.kind === "object") {
    return { ...field, ...traits, fields: fieldsWith(field.fields, fact.fields ?? {}) };
  }
  if (field.kind === "list") {
    const { of } = field;
    return {
      ...field,
      ...traits,
      ...(fact.minItems !== undefined && { min: fact.minItems }),
      unordered: fact.type === "set",
      of: of.kind === "object" ? { ...of, fields: fieldsWith(of.fields, fact.fields ?? {}) } : of,
    };
  }
  return { ...field, ...traits };
}

/** The facts leave out the defaults of the schema that are false. */
export const falseByDefault: { exception: Exception } = {
  exception: { because: "the facts leave out defaults of false", says: { default: false } },
};

/** Whether the service chooses a value where the program gives none. */
export const isComputed = (type: string, field: string): boolean =>
  schemaFacts.get(type)?.[field]?.computed === true;
