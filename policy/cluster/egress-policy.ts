import type { StackResource } from "../model/stack-resource.ts";
import { block, blocks, read, text, UNKNOWN, type Properties } from "../model/known.ts";
import type { Pods } from "../model/workloads.ts";

/** What a policy makes of the egress of the pods that it selects. */
export interface EgressPolicy {
  readonly kind: string;
  readonly name: string;
  /** Whether it is sure to take these pods. */
  readonly selects: (pods: Pods<StackResource>) => boolean;
  /** Whether pods that it selects may reach only what some policy allows. */
  readonly limits: boolean;
  /** The metadata server's address that it lets pods reach. */
  readonly allows: string | undefined;
  /** Whether it denies the metadata server, whatever else allows it. */
  readonly denies: boolean;
}

/** Whether an object is in a namespace; one whose namespace is not known yet may be in any. */
export function isIn(namespace: string, props: Properties): boolean {
  const own = read(() => text(block(props, "metadata") ?? {}, "namespace"));
  return own === UNKNOWN || (own ?? "default") === namespace;
}

/** The policies that a resource is: itself, or the items of a list. */
export function objectsOf({ type, name, props }: StackResource): { name: string; props: Properties }[] {
  if (!type.endsWith("List")) return [{ name, props }];
  return blocks(props, "items").map((item) => {
    const own = read(() => text(block(item, "metadata") ?? {}, "name"));
    return { name: own === UNKNOWN ? name : (own ?? name), props: item };
  });
}
