/** A value that a preview cannot know, because a resource does not exist yet. */
export const UNKNOWN = Symbol("known after the update");

/** A value, or UNKNOWN. */
export type Known<T> = T | typeof UNKNOWN;

/**
 * Reads a resource's properties, which throw on unknown values. A policy that does not catch this is reported as
 * failed, even if the known values decide.
 */
export function read<T>(get: () => T): Known<T> {
  try {
    return get();
  } catch (error) {
    if (isUnknownValueError(error)) return UNKNOWN;
    throw error;
  }
}

/** The SDK exports the class without its type, so it is known by what it carries. */
export function isUnknownValueError(error: unknown): boolean {
  return error instanceof Error && "unknownTypeSentinel" in error;
}

/** Properties as the SDK hands them over. */
export type Properties = Readonly<Record<string, unknown>>;

/** The object below `key`, or nothing. The provider's blocks of one come as an object, bare Terraform's as a list of one. */
export function block(properties: Properties, key: string): Properties | undefined {
  const value = properties[key];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return isProperties(first) ? first : undefined;
}

/** The list of objects below `key`. */
export function blocks(properties: Properties, key: string): Properties[] {
  const value = properties[key];
  return Array.isArray(value) ? value.filter(isProperties) : [];
}

/** The text below `key`; absent and empty are the same to providers. */
export function text(properties: Properties, key: string): string | undefined {
  const value = properties[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The whole number below `key`: providers take it as a number or as text. */
export function wholeNumber(properties: Properties, key: string): number | undefined {
  const value = properties[key];
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The texts below `key`. Reading each one finds those that are not known yet. */
export function texts(properties: Properties, key: string): string[] {
  const value = properties[key];
  return Array.isArray(value) ? Array.from(value, String) : [];
}

/** A path to a property: `a.b`, or its keys where one of them has a dot. Lists on the way are gone through. */
export type Path = string | readonly string[];

export function keysOf(path: Path): readonly string[] {
  return typeof path === "string" ? path.split(".") : path;
}

/** All texts at a path, several for lists, and whether some are not known yet. */
export function textsAt(properties: Properties, path: Path): { known: string[]; unknown: boolean } {
  const known: string[] = [];
  let unknown = false;
  const visit = (value: unknown, keys: readonly string[]): void => {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++)
        visitKey(value as unknown as Properties, String(index), keys);
      return;
    }
    const [key, ...rest] = keys;
    if (key === undefined) {
      if (typeof value === "string" && value !== "") known.push(value);
    } else if (isProperties(value)) visitKey(value, key, rest);
  };
  const visitKey = (from: Properties, key: string, rest: readonly string[]): void => {
    const value = read(() => from[key]);
    if (value === UNKNOWN) unknown = true;
    else visit(value, rest);
  };
  visit(properties, keysOf(path));
  return { known, unknown };
}
