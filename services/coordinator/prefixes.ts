/**
 * Whether an address is under one of the prefixes. A prefix without a final / is treated as if it had one:
 * `gs://B/tenant-1` is not the beginning of `gs://B/tenant-10/`.
 */
export const beginsWithAny = (uri: string, prefixes: readonly string[]): boolean =>
  prefixes.some((one) => uri.startsWith(one.endsWith("/") ? one : `${one}/`));
