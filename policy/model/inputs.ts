import type { StackResource } from "./stack-resource.ts";
import type { Properties } from "./known.ts";

/**
 * Inputs of the resources that were judged one by one, by URN. The engine shows a stack policy the outputs only, and it has none
 * while the configuration of a provider is not known: in the first preview of a program that makes a cluster, what goes into
 * that cluster has no property at all. The engine judges every resource by itself before it judges the stack, in one process.
 */
const inputsByUrn = new Map<string, Properties>();

export function rememberInputs({ urn, props }: { readonly urn: string; readonly props: Properties }): void {
  inputsByUrn.set(urn, props);
}

/** The resource with its inputs for properties where its provider has not told any. */
export function withInputs(resource: StackResource): StackResource {
  if (Object.keys(resource.props).length > 0) return resource;
  const props = inputsByUrn.get(resource.urn);
  return props === undefined ? resource : { ...resource, props };
}
