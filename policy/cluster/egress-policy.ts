import type { StackResource } from "../model/stack-resource.ts";
import { block, blocks, read, text, UNKNOWN, type Properties } from "../model/known.ts";
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
  /** How many addresses of IPv4 it allows by ranges. */
  readonly addresses: number;
  /** The addresses of metadata servers that it denies, overriding every allow. */
  readonly denies: readonly string[];
  /** What it allows that is not read here, where there is something. */
  readonly unread: string | undefined;
}

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
