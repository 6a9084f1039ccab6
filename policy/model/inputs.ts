import type { StackResource } from "./stack-resource.ts";
import type { Properties } from "./known.ts";

/**
 * Inputs of the resources that were judged individually, by URN. Stack policies see outputs only, and resources have
 * none while their provider's configuration is unknown, such as objects in a cluster that the same preview creates. The
 * engine runs resource policies before stack policies, in one process.
 */
const inputsByUrn = new Map<string, Properties>();

export function rememberInputs({ urn, props }: { readonly urn: string; readonly props: Properties }): void {
  inputsByUrn.set(urn, props);
}

/** The resource, with its inputs as properties if its provider has returned none. */
export function withInputs(resource: StackResource): StackResource {
  if (Object.keys(resource.props).length > 0) return resource;
  const props = inputsByUrn.get(resource.urn);
  return props === undefined ? resource : { ...resource, props };
}
