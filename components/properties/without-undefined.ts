type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];

/**
 * The properties that have a value. Under `exactOptionalPropertyTypes` an optional property may be left out, but may not
 * be undefined.
 */
export type WithoutUndefined<T> = Omit<T, Optional<T>> & {
  [K in Optional<T>]?: Exclude<T[K], undefined>;
};

/** A copy of an object without the properties that are undefined. */
export function withoutUndefined<T extends object>(values: T): WithoutUndefined<T>;
export function withoutUndefined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
