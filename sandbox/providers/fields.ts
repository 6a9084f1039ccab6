import type { Value } from "./values.ts";

/** Model of one input field of a resource type. */
interface FieldTraits {
  required?: boolean;
  /** What the real provider fills in during Check when the program says nothing. */
  default?: Value;
  /** Fields beside it that keep the default from being filled in. */
  defaultUnless?: readonly string[];
  /** A change needs a new resource. @default what the list or the object that holds the field says */
  replaces?: boolean;
  /** The service chooses a value when the program says nothing, so leaving it out is no change. */
  computed?: boolean;
  /** Known to the provider only: never sent to the service, never read from it. */
  local?: boolean;
  /** Two spellings of one value. */
  same?: (one: string, other: string) => boolean;
  /** Where the stand-in differs from what the provider's schema says of the field, and why. */
  exception?: Exception;
}

export interface Exception {
  because: string;
  says: Pick<FieldTraits, "required" | "default" | "replaces" | "computed">;
}

export type Field = FieldTraits &
  (
    | { kind: "string"; allowed?: readonly string[]; pattern?: RegExp; rule?: string }
    | { kind: "number"; integer?: boolean; min?: number; max?: number }
    | { kind: "boolean" }
    /** An integer or a name, as Kubernetes' ports, or a quantity. */
    | { kind: "scalar" }
    | { kind: "list"; of: Field; min?: number; unordered?: boolean }
    | { kind: "map"; of: Field }
    | { kind: "object"; fields: Fields }
    /** Anything: checked by nobody here, stored and returned. */
    | { kind: "any" }
  );
export type Fields = Readonly<Record<string, Field>>;

type Traits<Kind extends Field["kind"]> = Omit<Extract<Field, { kind: Kind }>, "kind" | "of" | "fields">;

export const string = (traits: Traits<"string"> = {}): Field => ({ kind: "string", ...traits });
export const integer = (traits: Traits<"number"> = {}): Field => ({
  kind: "number",
  integer: true,
  ...traits,
});
export const boolean = (traits: Traits<"boolean"> = {}): Field => ({ kind: "boolean", ...traits });
export const scalar = (traits: Traits<"scalar"> = {}): Field => ({ kind: "scalar", ...traits });
export const any = (traits: Traits<"any"> = {}): Field => ({ kind: "any", ...traits });
export const list = (of: Field, traits: Traits<"list"> = {}): Field => ({ kind: "list", of, ...traits });
export const map = (of: Field, traits: Traits<"map"> = {}): Field => ({ kind: "map", of, ...traits });
export const object = (fields: Fields, traits: Traits<"object"> = {}): Field => ({
  kind: "object",
  fields,
  ...traits,
});

export const ignoringCase = (one: string, other: string): boolean =>
  one.toUpperCase() === other.toUpperCase();

/** Joins a property path the way Pulumi prints one. */
export const at = (path: string, key: string | number): string =>
  typeof key === "number"
    ? `${path}[${key}]`
    : /^[A-Za-z_$][\w$]*$/.test(key)
      ? path === ""
        ? key
        : `${path}.${key}`
      : `${path}[${JSON.stringify(key)}]`;
