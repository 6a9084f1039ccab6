/** Whether an address is below one of the prefixes. Those end in /, so that no name continues one. */
export const beginsWithAny = (uri: string, prefixes: readonly string[]): boolean =>
  prefixes.some((one) => uri.startsWith(one));
