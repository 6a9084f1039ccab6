import { sourcesOf, type StackGraph } from "./graph.ts";
import { CONFIG_MAP, KUBERNETES_SECRET, type Kind } from "./kinds.ts";
import { block, blocks, read, text, UNKNOWN, type Properties } from "./known.ts";
import { isOwn, OWN_VARIABLE } from "./own-images.ts";
import type { StackResource } from "./stack-resource.ts";
import { containersOf, podsOf, type Pods } from "./workloads.ts";

/**
 * Containers that run this product's coordinator or worker, by what the workload itself says: a variable of theirs, or
 * the image's name.
 */
export function ownContainersOf(spec: Properties): Properties[] {
  return containersOf(spec).filter(isOwn);
}

/** The workload's other containers, which are told what to do by a ConfigMap or Secret of the stack. */
export function ownByReferenceIn(workload: StackResource, stack: StackGraph): Properties[] {
  return podsOf(workload).flatMap((pods) =>
    containersOf(pods.spec).filter(
      (container) =>
        !isOwn(container) && namesFrom(container, pods, stack).some((name) => name.startsWith(OWN_VARIABLE)),
    ),
  );
}

/** Names of the variables that a container takes from ConfigMaps and Secrets. */
function namesFrom(container: Properties, pods: Pods<StackResource>, stack: StackGraph): string[] {
  return referredVariables(container, pods, stack).map(({ name }) => name);
}

/** A variable from elsewhere. */
interface Referred {
  readonly name: string;
  /** Its value; undefined if it is a Secret's. */
  readonly value: () => string | undefined;
}

/** The variables that a workload's containers take from ConfigMaps and Secrets of the stack, all at once. */
export function referredVariablesIn(workload: StackResource, stack: StackGraph): Referred[] {
  return podsOf(workload).flatMap((pods) =>
    containersOf(pods.spec).flatMap((container) => referredVariables(container, pods, stack)),
  );
}

function referredVariables(container: Properties, pods: Pods<StackResource>, stack: StackGraph): Referred[] {
  return blocks(container, "envFrom").flatMap((entry) => {
    const prefix = text(entry, "prefix") ?? "";
    const from = (reference: string, kind: Kind): Referred[] =>
      sourcesNamed(reference, kind, entry, pods, stack).flatMap(({ props }) =>
        entriesWithin(props).map(({ key, value }) => ({ name: prefix + key, value })),
      );
    return [
      ...from("configMapRef", CONFIG_MAP),
      ...from("secretRef", KUBERNETES_SECRET).map(({ name }) => ({ name, value: () => undefined })),
    ];
  });
}

/** Names of what own containers take variables from that is not in the stack. */
export function missingSourcesIn(workload: StackResource, stack: StackGraph): string[] {
  return podsOf(workload).flatMap((pods) =>
    ownContainersOf(pods.spec).flatMap((container) =>
      blocks(container, "envFrom").flatMap((entry) =>
        Object.entries({ configMapRef: CONFIG_MAP, secretRef: KUBERNETES_SECRET }).flatMap(
          ([reference, kind]) => {
            const named = block(entry, reference);
            const isMissing =
              named !== undefined && sourcesNamed(reference, kind, entry, pods, stack).length === 0;
            const name = isMissing ? read(() => text(named, "name")) : undefined;
            return isMissing ? [typeof name === "string" ? name : "what is not known yet"] : [];
          },
        ),
      ),
    ),
  );
}

function sourcesNamed(
  reference: string,
  kind: Kind,
  entry: Properties,
  { resource, namespace }: Pods<StackResource>,
  stack: StackGraph,
): StackResource[] {
  const named = block(entry, reference);
  if (named === undefined) return [];
  const name = read(() => text(named, "name"));
  // A name that is not known yet is an output of a resource that the workload depends on.
  const sources = new Set(sourcesOf(resource, "spec"));
  return stack.ofKind(kind).filter(({ urn, props }) => {
    if (name === UNKNOWN) return sources.has(urn);
    const metadata = block(props, "metadata") ?? {};
    const own = read(() => [text(metadata, "name"), text(metadata, "namespace") ?? "default"]);
    return own === UNKNOWN ? sources.has(urn) : own[0] === name && own[1] === namespace;
  });
}

function entriesWithin(props: Properties): { key: string; value: () => string | undefined }[] {
  return ["data", "stringData", "binaryData"].flatMap((place) => {
    const entries = read(() => block(props, place));
    if (entries === UNKNOWN || entries === undefined) return [];
    return Object.keys(entries).map((key) => ({
      key,
      value: () => (typeof entries[key] === "string" ? entries[key] : undefined),
    }));
  });
}
