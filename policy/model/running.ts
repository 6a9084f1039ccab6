import { accountsAt, defaultAccountKey } from "./accounts.ts";
import { lastSegment, type StackGraph } from "./graph.ts";
import { type StackResource } from "./stack-resource.ts";
import { CLUSTER, INSTANCE_TEMPLATE, KUBERNETES_SERVICE_ACCOUNT, NODE_POOL } from "./kinds.ts";
import { block, read, text, textsAt, UNKNOWN, type Known } from "./known.ts";
import { PROGRAM, programType, TEMPLATE_ACCOUNTS } from "./programs.ts";
import { podsIn } from "./workloads.ts";

/** A program of the stack: as whom it runs, and where. */
export interface Running {
  /** The key of its identity: of a service account, or of pods. */
  readonly identity: string;
  /** Absent where it cannot be told from this stack. */
  readonly region: string | undefined;
  /** What it runs on: the resource itself, or the cluster or provider of a pod. Two programs of one place are in one region. */
  readonly place: string;
}

/** Every program of the stack that has an identity. */
export function runningIn(stack: StackGraph): readonly Running[] {
  return stack.once(runningIn, () => [...servicesIn(stack), ...podProgramsIn(stack)]);
}

/** The key of the pods that run as a Kubernetes service account. */
export function podIdentity(namespace: string, account: string): string {
  return `pods:${namespace}/${account}`;
}

/** The service accounts that a program's resource runs as; absent where it is no program. */
export function accountsOfProgram(
  resource: StackResource,
  stack: StackGraph,
): { accounts: readonly string[]; unknown: boolean } | undefined {
  const type = programType(resource.type);
  if (type === undefined) return undefined;
  const own = type.accounts.map((path) => accountsAt(resource, path, stack));
  const templates = (type.templates ?? []).flatMap((path) =>
    stack.referredAll(resource, path, INSTANCE_TEMPLATE),
  );
  const all = [...own, ...templates.map((template) => accountsOfTemplate(template, stack))];
  return {
    accounts: [...new Set(all.flatMap(({ accounts }) => accounts))],
    unknown: all.some(({ unknown }) => unknown),
  };
}

/** The service accounts of an instance template's machines. */
export function accountsOfTemplate(
  template: StackResource,
  stack: StackGraph,
): { accounts: readonly string[]; unknown: boolean } {
  const all = TEMPLATE_ACCOUNTS.map((path) => accountsAt(template, path, stack));
  return {
    accounts: all.flatMap(({ accounts }) => accounts),
    unknown: all.some(({ unknown }) => unknown),
  };
}

function servicesIn(stack: StackGraph): Running[] {
  return stack.ofKind(PROGRAM).flatMap((resource) => {
    const { accounts = [], unknown } = accountsOfProgram(resource, stack) ?? {};
    const otherwise = programType(resource.type)?.otherwise;
    const identities =
      accounts.length > 0 || unknown === true || otherwise === undefined
        ? accounts
        : [defaultAccountKey(otherwise)];
    if (identities.length === 0) return [];
    const regions = regionsOf(resource, stack);
    const places = regions.length > 0 ? regions : [undefined];
    return identities.flatMap((identity) =>
      places.map((region) => ({ identity, region, place: placeOf(resource, stack) })),
    );
  });
}

/** Nodes are in their cluster's place, as the pods on them are. */
function placeOf(resource: StackResource, stack: StackGraph): string {
  const cluster = NODE_POOL.has(resource.type) ? stack.referred(resource, "cluster", CLUSTER) : undefined;
  return cluster?.urn ?? resource.urn;
}

/** The regions that a resource is in, by its own properties; a node pool's may be its cluster's. */
export function regionsOf(resource: StackResource, stack: StackGraph): string[] {
  const paths = programType(resource.type)?.places ?? ["location"];
  const places = paths.flatMap((path) => textsAt(resource.props, path).known);
  const regions = places.flatMap((place) => regionIn(place) ?? []);
  if (regions.length > 0 || !NODE_POOL.has(resource.type)) return [...new Set(regions)];
  const cluster = stack.referred(resource, "cluster", CLUSTER);
  return cluster === undefined ? [] : regionsOf(cluster, stack);
}

/** The region of a region or a zone, by its name or its path; nothing for `global`. */
function regionIn(place: string): string | undefined {
  return /^([a-z]+-[a-z]+\d+)(?:-[a-z])?$/.exec(lastSegment(place).toLowerCase())?.[1];
}

function podProgramsIn(stack: StackGraph): Running[] {
  const bound = stack.once(boundAccountsIn, boundAccountsIn);
  return podsIn(stack).flatMap(({ resource, namespace, serviceAccount }) => {
    const own = podIdentity(namespace, serviceAccount);
    const identities = [own, ...(bound.get(own) ?? [])];
    const clusters = clustersOf(resource, stack);
    const places =
      clusters.length > 0
        ? clusters.map((cluster) => ({ region: regionsOf(cluster, stack)[0], place: cluster.urn }))
        : [{ region: undefined, place: resource.provider?.urn ?? "" }];
    return identities.flatMap((identity) => places.map((where) => ({ identity, ...where })));
  });
}

/** How far a provider may be from its cluster: through a generated kubeconfig, a fleet membership or an add-on, not further. */
const FARTHEST = 4;

/** The clusters that a Kubernetes resource goes to: the nearest that its provider depends on, else that it depends on itself. */
function clustersOf(resource: StackResource, stack: StackGraph): StackResource[] {
  const provider = resource.provider && stack.byUrn(resource.provider.urn);
  const byProvider = provider === undefined ? [] : nearestClusters(provider, stack);
  return byProvider.length > 0 ? byProvider : nearestClusters(resource, stack);
}

function nearestClusters(from: StackResource, stack: StackGraph): StackResource[] {
  return stack.once(`clusters of ${from.urn}`, () => {
    const seen = new Set<string>();
    let level = [from];
    for (let distance = 0; distance < FARTHEST && level.length > 0; distance++) {
      const next = level
        .flatMap(({ dependencies }) => dependencies)
        .flatMap(({ urn }) => (seen.has(urn) ? [] : (stack.byUrn(urn) ?? [])));
      for (const { urn } of next) seen.add(urn);
      const clusters = next.filter(({ type }) => CLUSTER.has(type));
      if (clusters.length > 0) return [...new Set(clusters)];
      level = next;
    }
    return [];
  });
}

/** What makes a Kubernetes service account stand for one of Google's. */
export const ACCOUNT_ANNOTATION = "iam.gke.io/gcp-service-account";

/** Google's accounts that Kubernetes' stand for, by the pods that run as them. */
function boundAccountsIn(stack: StackGraph): ReadonlyMap<string, readonly string[]> {
  const bound = new Map<string, readonly string[]>();
  for (const resource of stack.ofKind(KUBERNETES_SERVICE_ACCOUNT)) {
    const { accounts } = accountsAt(resource, ["metadata", "annotations", ACCOUNT_ANNOTATION], stack);
    if (accounts.length === 0) continue;
    const metadata = known(() => block(resource.props, "metadata")) ?? {};
    const namespace = known(() => text(metadata, "namespace")) ?? "default";
    const name = known(() => text(metadata, "name")) ?? resource.name;
    bound.set(podIdentity(namespace, name), accounts);
  }
  return bound;
}

function known<T>(get: () => T | undefined): T | undefined {
  const value: Known<T | undefined> = read(get);
  return value === UNKNOWN ? undefined : value;
}
