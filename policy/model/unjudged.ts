/** Something that a policy could not judge. */
export interface Unjudged {
  readonly policy: string;
  readonly urn: string;
  readonly name: string;
  /** Why, as the rest of a sentence that begins with "because". */
  readonly because: string;
}

/** The reason for values that the engine does not know yet. */
export const NOT_KNOWN_YET = "what they read is known only after the first update, which judges it again";

/**
 * Resources that policies could not judge. The engine does not show that a policy was not applicable, so that
 * everything would seem to have passed. The last policy reports them.
 */
const alone = new Map<string, Map<string, Unjudged>>();
const inStack = new Map<string, readonly Unjudged[]>();

type Named = Pick<Unjudged, "urn" | "name">;

/** Records what a policy could not judge of a single resource; empty if it could judge. */
export function noteUnjudged(policy: string, resource: Named, reasons: readonly string[]): void {
  const ofPolicy = alone.get(policy) ?? new Map<string, Unjudged>();
  alone.set(policy, ofPolicy);
  const [first] = unjudged(policy, resource, reasons);
  if (first === undefined) ofPolicy.delete(resource.urn);
  else ofPolicy.set(resource.urn, first);
}

/** Records everything that a policy could not judge in the stack. */
export function noteUnjudgedInStack(policy: string, left: readonly Unjudged[]): void {
  inStack.set(policy, left);
}

/** What a policy could not judge of a resource: one entry, for its first reason. */
export function unjudged(policy: string, { urn, name }: Named, reasons: readonly string[]): Unjudged[] {
  return reasons.slice(0, 1).map((because) => ({ policy, urn, name, because }));
}

/** What was left unjudged of these resources. */
export function unjudgedOf(urns: ReadonlySet<string>): Unjudged[] {
  const byItself = [...alone.values()].flatMap((ofPolicy) => [...ofPolicy.values()]);
  return [...byItself, ...[...inStack.values()].flat()].filter(({ urn }) => urns.has(urn));
}
