/** Something that a policy could not judge. */
export interface Unjudged {
  readonly policy: string;
  readonly urn: string;
  readonly name: string;
  /** Why, as the rest of a sentence that begins with "because". */
  readonly because: string;
}

/** The reason where it is a value that the engine does not know yet. */
export const NOT_KNOWN_YET = "what they read is known only after the first update, which judges it again";

/**
 * What was left unjudged, by policy: the engine shows nobody that a policy was not applicable, so that it would look as if everything
 * had passed. One policy at the end reports all of it at once.
 */
const alone = new Map<string, Map<string, Unjudged>>();
const inStack = new Map<string, readonly Unjudged[]>();

type Named = Pick<Unjudged, "urn" | "name">;

/** Takes down what a policy makes of a resource by itself: nothing where it could judge. */
export function noteUnjudged(policy: string, resource: Named, reasons: readonly string[]): void {
  const ofPolicy = alone.get(policy) ?? new Map<string, Unjudged>();
  alone.set(policy, ofPolicy);
  const [first] = unjudged(policy, resource, reasons);
  if (first === undefined) ofPolicy.delete(resource.urn);
  else ofPolicy.set(resource.urn, first);
}

/** Takes down all that a policy could not judge in the stack. */
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
