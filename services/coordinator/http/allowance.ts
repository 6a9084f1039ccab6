/** A token bucket per key. */
export interface Allowance {
  /** Takes one token. @returns false if the key has none left */
  readonly spend: (key: string) => boolean;
  readonly isSpent: (key: string) => boolean;
}

/** Number of keys to keep; a forgotten key has its full budget again. */
const mostKeys = 10_000;

/** @param now monotonic clock in milliseconds */
export function allowance(
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
  now: () => number,
): Allowance {
  const budgets = new Map<string, { left: number; at: number }>();
  const leftOf = (key: string): number => {
    const budget = budgets.get(key);
    return budget === undefined
      ? burst
      : Math.min(burst, budget.left + ((now() - budget.at) / 1000) * perSecond);
  };
  return {
    isSpent: (key) => leftOf(key) < 1,
    spend(key) {
      const left = leftOf(key);
      // Reinserted, so that the map's first key is the least recently used.
      budgets.delete(key);
      const [oldest] = budgets.keys();
      if (oldest !== undefined && budgets.size >= mostKeys) budgets.delete(oldest);
      budgets.set(key, { left: left < 1 ? left : left - 1, at: now() });
      return left >= 1;
    },
  };
}

/**
 * Key of an address: under IPv6 the 64-bit network of a host (https://www.rfc-editor.org/rfc/rfc4291#section-2.5.4).
 */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return "none";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const first = head.split(":").filter((group) => group !== "");
  const last = (tail ?? "").split(":").filter((group) => group !== "");
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => "0");
  return [...first, ...zeros, ...last].slice(0, 4).join(":");
}
