/**
 * Whether an address is below one of the prefixes. Each ends with / where it comes from, and counts as if it did where it
 * does not: `gs://B/tenant-1` is not the beginning of `gs://B/tenant-10/`.
 */
export const beginsWithAny = (uri: string, prefixes: readonly string[]): boolean =>
  prefixes.some((one) => uri.startsWith(one.endsWith("/") ? one : `${one}/`));
