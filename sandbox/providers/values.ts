/**
 * Property values as they travel between engine and provider: JSON, in which secrets and unknowns are marked by signatures.
 * `@pulumi/pulumi/runtime/rpc` defines them; that module is not imported
 * because it loads the whole SDK, which a plugin that starts with every command cannot afford.
 */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
export type Properties = Readonly<Record<string, Value>>;

/** A value that is not known before the update. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

export const isUnknown = (value: Value | undefined): boolean => value === unknown;

export const isObject = (value: Value | undefined): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

const signatureOf = (value: Value): Value | undefined => (isObject(value) ? value[signatureKey] : undefined);

/** Removes the marks of secrets, at any depth, and nulls inside objects, which the engine means as "not set". */
export function reveal(value: Value): Value {
  if (isList(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  const signature = signatureOf(value);
  if (signature === secretSignature || signature === outputSignature)
    return reveal(value["value"] ?? unknown);
  return revealAll(value);
}

export function revealAll(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, reveal(value)]),
  );
}

const isSecret = (value: Value): boolean =>
  signatureOf(value) === secretSignature ||
  (signatureOf(value) === outputSignature && isObject(value) && value["secret"] === true);

export const containsSecret = (value: Value): boolean =>
  isSecret(value) ||
  (isList(value) ? value.some(containsSecret) : isObject(value) && Object.values(value).some(containsSecret));

export const containsUnknown = (value: Value): boolean =>
  isUnknown(value) ||
  (isList(value)
    ? value.some(containsUnknown)
    : isObject(value) && Object.values(value).some(containsUnknown));

export const secret = (value: Value): Value => ({ [signatureKey]: secretSignature, value });

/**
 * Marks as secret in `value` what is secret in `like`. Where their shapes differ the whole is marked: too much is safe, too little not.
 */
export function conceal(value: Value, like: Value | undefined): Value {
  if (like === undefined || !containsSecret(like)) return value;
  if (isSecret(like)) return secret(value);
  if (
    isObject(value) &&
    isObject(like) &&
    Object.keys(like).every((key) => key in value || !containsSecret(like[key] ?? null))
  )
    return concealAll(value, [like]);
  if (isList(value) && isList(like) && value.length === like.length) {
    return value.map((item, index) => conceal(item, like[index]));
  }
  return secret(value);
}

/** Marks what is secret in any of `likes`, and the properties named in `secretKeys`. */
export function concealAll(
  value: Properties,
  likes: readonly Properties[],
  secretKeys: readonly string[] = [],
): Properties {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (secretKeys.includes(key)) return [key, secret(item)];
      const model = likes.find((candidate) => key in candidate && containsSecret(candidate[key] ?? null));
      return [key, model === undefined ? item : conceal(item, model[key])];
    }),
  );
}

/** Deep equality of two values, ignoring the order of keys. */
export function same(one: Value | undefined, other: Value | undefined): boolean {
  return canonical(one) === canonical(other);
}

export function canonical(value: Value | undefined): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** Drops undefined members, so that optional values can be written in place. */
export function defined(entries: Readonly<Record<string, Value | undefined>>): Properties {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}

export const omit = (properties: Properties, keys: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));

export const pick = (properties: Properties, keys: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => keys.includes(key)));

export const textOf = (value: Value | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

export const objectOf = (value: Value | undefined): Properties => (isObject(value) ? value : {});

export const listOf = (value: Value | undefined): readonly Value[] => (isList(value) ? value : []);
