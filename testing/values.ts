/** Values that only the engine makes: what is not known before an update, secrets, and outputs of other resources. */

/** Pulumi's mark of a special value on the wire, and of a secret. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** What the engine writes in place of a value that is not known before the update, by the value's type. */
export const UNKNOWN = {
  boolean: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
} as const;

/** A secret as the engine sends it. */
export function secret(value: unknown): Readonly<Record<string, unknown>> {
  return { [SIGNATURE]: SECRET_SIGNATURE, value };
}

const OUTPUT = Symbol("output of another resource");

/** Stands for another resource's output in a resource's properties. */
export interface OutputOf {
  readonly [OUTPUT]: true;
  /** `type::name` of the other resource. */
  readonly resource: string;
  /** The value; absent while it is not known. */
  readonly value: unknown;
}

/**
 * Another resource's output, as a property of a resource: the engine sends its value, or that it is not known yet, and
 * says beside it which resource the property depends on.
 *
 * @param resource `type::name` of the other resource
 * @param value its value, once it is known. @default not known before the update
 */
export function outputOf(resource: string, value: unknown = UNKNOWN.string): OutputOf {
  return { [OUTPUT]: true, resource, value };
}

export function isOutputOf(value: unknown): value is OutputOf {
  return typeof value === "object" && value !== null && OUTPUT in value;
}

/** Properties with each output replaced by its value. */
export function wireValue(value: unknown): unknown {
  if (isOutputOf(value)) return wireValue(value.value);
  if (Array.isArray(value)) return value.map(wireValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, wireValue(one)]])),
  );
}

/** `type::name` of every resource that a value comes from. */
export function sourcesOf(value: unknown): string[] {
  if (isOutputOf(value)) return [value.resource];
  if (typeof value !== "object" || value === null) return [];
  return [...new Set(Object.values(value).flatMap(sourcesOf))];
}

/** The same value with each secret replaced by what it holds. */
export function withoutSecretMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretMarks);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (fields[SIGNATURE] === SECRET_SIGNATURE) return withoutSecretMarks(fields["value"]);
  return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, withoutSecretMarks(one)]));
}
