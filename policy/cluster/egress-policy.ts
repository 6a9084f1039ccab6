import type { StackResource } from "../model/stack-resource.ts";
import { block, blocks, read, text, UNKNOWN, wholeNumber, type Properties } from "../model/known.ts";
import type { Pods } from "../model/workloads.ts";

/** How a policy affects the egress of the pods that it selects. */
export interface EgressPolicy {
  readonly kind: string;
  readonly name: string;
  /** Whether it selects these pods; nothing where that depends on labels that are added later. */
  readonly selects: (pods: Pods<StackResource>) => boolean | undefined;
  /** Whether the pods that it selects may reach only what a policy allows; nothing where its maker does not say so. */
  readonly limits: boolean | undefined;
  /** The addresses of metadata servers that it allows: the first of each range. */
  readonly allows: readonly string[];
  /** What it allows that names no host: a range, a pattern, an entity, or every address. */
  readonly opens: readonly string[];
  /** The ranges that it allows. */
  readonly ranges: readonly Properties[];
  /** The addresses of metadata servers that it denies, overriding every allow. */
  readonly denies: readonly string[];
  /** What it allows that is not read here, where there is something. */
  readonly unread: string | undefined;
}

/** What an empty selector of pods of an empty selector of namespaces stands for. */
export const EVERY_POD = "every pod of every namespace";

/** Whether a rule's ports are those of DNS alone: every pod may be asked for names. */
export const isDnsOnly = (ports: readonly Properties[]): boolean =>
  ports.length > 0 &&
  ports.every((entry) => wholeNumber(entry, "port") === 53 && (wholeNumber(entry, "endPort") ?? 53) === 53);

/** Whether an object is in a namespace; one whose namespace is not known yet may be in any. */
export function isIn(namespace: string, props: Properties): boolean {
  const own = read(() => text(block(props, "metadata") ?? {}, "namespace"));
  return own === UNKNOWN || (own ?? "default") === namespace;
}

/** The policies of a resource: itself, or the items of a list. */
export function objectsOf({ type, name, props }: StackResource): { name: string; props: Properties }[] {
  if (!type.endsWith("List")) return [{ name, props }];
  return blocks(props, "items").map((item) => {
    const own = read(() => text(block(item, "metadata") ?? {}, "name"));
    return { name: own === UNKNOWN ? name : (own ?? name), props: item };
  });
}
