import { faultRuleSchema, type FaultAction, type FaultRule, type FaultRuleInput } from "./schema.ts";

/** What a rule is compared with. */
export interface FaultTarget {
  readonly api: "json" | "xml";
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly queryNames: ReadonlySet<string>;
  readonly hasRange: boolean;
}

/** Faults that are injected into the store's answers. Kept in memory, by a name of the caller's choice. */
export interface Faults {
  get(id: string): FaultRule | undefined;
  /** @throws ZodError for what is no rule */
  put(id: string, rule: FaultRuleInput): void;
  delete(id: string): boolean;
  clear(): void;
  /** How many requests a rule has hit. */
  hits(id: string): number;
  /** The action for a request, counted as a hit. */
  take(target: FaultTarget): FaultAction | undefined;
}

interface Counted {
  readonly rule: FaultRule;
  readonly path: RegExp | undefined;
  seen: number;
  hits: number;
}

/** @param random 0 to 1, 1 excluded */
export function createFaults(random: () => number = Math.random): Faults {
  const rules = new Map<string, Counted>();
  return {
    get: (id) => rules.get(id)?.rule,
    put: (id, given) => {
      const rule = faultRuleSchema.parse(given);
      const path = rule.match.path === undefined ? undefined : new RegExp(rule.match.path, "u");
      rules.set(id, { rule, path, seen: 0, hits: 0 });
    },
    delete: (id) => rules.delete(id),
    clear: () => {
      rules.clear();
    },
    hits: (id) => rules.get(id)?.hits ?? 0,
    take: (target) => {
      for (const counted of rules.values()) {
        const { rule } = counted;
        if (rule.times !== undefined && counted.hits >= rule.times) continue;
        if (!fits(counted, target)) continue;
        counted.seen += 1;
        if (counted.seen <= rule.skip || random() >= rule.share) continue;
        counted.hits += 1;
        return rule.action;
      }
      return undefined;
    },
  };
}

function fits({ rule: { match }, path }: Counted, target: FaultTarget): boolean {
  return (
    (match.api === undefined || match.api === target.api) &&
    (match.method === undefined || match.method === target.method) &&
    (path === undefined || path.test(target.path)) &&
    (match.query === undefined || match.query.every((name) => target.queryNames.has(name))) &&
    (match.range === undefined || match.range === target.hasRange)
  );
}
