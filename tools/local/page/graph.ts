import type { StateResource } from "../deploy.ts";

/** One component with the resources it has made: a card of the drawing. */
export interface GraphGroup {
  readonly id: string;
  /** Of the component, e.g. `mpegflow-us-central1`. */
  readonly name: string;
  /** Last part of its type, e.g. `EncoderPool`. */
  readonly kind: string;
  /** Column: every group stands to the right of those it depends on, as far as there is an order. */
  readonly layer: number;
  readonly resources: readonly GraphResource[];
}

export interface GraphResource {
  readonly urn: string;
  readonly name: string;
  /** As the provider's schema has it, e.g. `gcp:storage/bucket:Bucket`. */
  readonly type: string;
  readonly id?: string;
}

/** `to` depends on `from`, by so many dependencies between their resources. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

export interface Graph {
  readonly groups: readonly GraphGroup[];
  readonly edges: readonly GraphEdge[];
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
const lastPart = (type: string): string => type.slice(type.lastIndexOf(":") + 1);
const isStack = ({ type }: StateResource): boolean => type === "pulumi:pulumi:Stack";
const isProvider = ({ type }: StateResource): boolean => type.startsWith("pulumi:providers:");

/** The engine's state as a graph of components: resources by what they belong to, dependencies summed up between those. Pure. */
export function resourceGraph(state: readonly StateResource[]): Graph {
  const byUrn = new Map(state.map((resource) => [resource.urn, resource]));
  const groupOf = (resource: StateResource): StateResource | undefined => {
    for (let at: StateResource | undefined = resource; at !== undefined; at = byUrn.get(at.parent ?? "")) {
      if (!at.custom && !isStack(at)) return at;
    }
    return state.find(isStack);
  };
  const drawn = state.filter((resource) => !isProvider(resource) && !isStack(resource));
  const members = new Map<string, StateResource[]>();
  for (const resource of drawn) {
    const group = groupOf(resource);
    if (group === undefined) continue;
    const list = members.get(group.urn) ?? [];
    if (resource.custom) list.push(resource);
    members.set(group.urn, list);
  }

  const counts = new Map<string, Map<string, number>>();
  for (const resource of drawn) {
    const to = groupOf(resource)?.urn;
    for (const urn of resource.dependencies) {
      const dependency = byUrn.get(urn);
      if (dependency === undefined || isProvider(dependency) || isStack(dependency)) continue;
      const from = groupOf(dependency)?.urn;
      if (from === undefined || to === undefined || from === to) continue;
      const targets = counts.get(from) ?? new Map<string, number>();
      counts.set(from, targets.set(to, (targets.get(to) ?? 0) + 1));
    }
  }
  // A component that has made nothing itself, and that nothing hangs on, only holds others.
  const linked = new Set([...counts].flatMap(([from, targets]) => [from, ...targets.keys()]));
  const kept = [...members].filter(([urn, resources]) => resources.length > 0 || linked.has(urn));
  const edges = [...counts].flatMap(([from, targets]) =>
    [...targets].map(([to, count]) => ({ from, to, count })),
  );
  const layers = layersOf(
    kept.map(([urn]) => urn),
    edges,
  );
  return {
    groups: kept.map(([urn, resources]) => ({
      ...{ id: urn, name: nameOf(urn), layer: layers.get(urn) ?? 0 },
      kind: lastPart(byUrn.get(urn)?.type ?? ""),
      resources: resources.map((resource) => ({
        ...{ urn: resource.urn, name: nameOf(resource.urn), type: resource.type },
        ...(resource.id !== undefined && { id: resource.id }),
      })),
    })),
    edges,
  };
}

/** Longest way from a group that depends on nothing. Summed up, groups can depend on each other: such an edge is passed over. */
function layersOf(ids: readonly string[], edges: readonly GraphEdge[]): ReadonlyMap<string, number> {
  const layers = new Map<string, number>();
  const open = new Set<string>();
  const layerOf = (id: string): number => {
    const known = layers.get(id);
    if (known !== undefined) return known;
    open.add(id);
    const before = edges
      .filter(({ from, to }) => to === id && !open.has(from))
      .map(({ from }) => layerOf(from) + 1);
    open.delete(id);
    const layer = Math.max(0, ...before);
    layers.set(id, layer);
    return layer;
  };
  ids.forEach(layerOf);
  return layers;
}
