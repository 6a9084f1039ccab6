import { accountsAt, defaultAccountKey, type NamedAccounts } from "./accounts.ts";
import { ACCOUNT_ANNOTATION, accountsOfChart } from "./charts.ts";
import { regionsOfAppEngine } from "./app-engine.ts";
import { lastSegment, type StackGraph } from "./graph.ts";
import { CLUSTER, HELM, INSTANCE_TEMPLATE, KUBERNETES_SERVICE_ACCOUNT, NODE_POOL } from "./kinds.ts";
import { block, read, text, textsAt, UNKNOWN, type Known } from "./known.ts";
import {
  APP_ENGINE_VERSION,
  letsWrite,
  PROGRAM,
  programType,
  TEMPLATE,
  type ProgramType,
} from "./programs.ts";
import { projectOf } from "./projects.ts";
import type { StackResource } from "./stack-resource.ts";
import { podsIn } from "./workloads.ts";

/** A program of the stack: its identity and region. */
export interface RunningProgram {
  /** The key of its identity: of a service account, or of pods. */
  readonly identity: string;
  /** Undefined if this stack does not determine it. */
  readonly region: string | undefined;
  /** What it runs on: the resource itself, or the cluster or provider of a pod. Programs of one host are in one region. */
  readonly host: string;
  /** The pods, if the identity is one of pods. */
  readonly pods?: RunningPods;
}

/** Every program of the stack that has an identity. */
export function runningPrograms(stack: StackGraph): readonly RunningProgram[] {
  return stack.once(runningPrograms, () => [...servicesIn(stack), ...podProgramsIn(stack)]);
}

/** Pods of one cluster that run as one Kubernetes service account. */
export interface RunningPods {
  readonly namespace: string;
  readonly account: string;
  /** Undefined if it is not in this stack. */
  readonly cluster: StackResource | undefined;
}

/** The service accounts that a program's resource runs as; undefined if it runs no program. */
export function accountsOfProgram(resource: StackResource, stack: StackGraph): NamedAccounts | undefined {
  const type = programType(resource.type);
  if (type === undefined) return undefined;
  const templates = (type.templates ?? []).flatMap((path) =>
    stack.referredAll(resource, path, INSTANCE_TEMPLATE),
  );
  const named = templates.map((template) => accountsOfTemplate(template, stack));
  const own = named.length > 0 ? namedIn(resource, type, stack) : accountsIn(resource, type, stack);
  return joined([own, ...named]);
}

/** The service accounts of an instance template's machines. */
export function accountsOfTemplate(template: StackResource, stack: StackGraph): NamedAccounts {
  return accountsIn(template, TEMPLATE, stack);
}

/** Those that it names, or the default one. */
function accountsIn(
  resource: StackResource,
  type: Pick<ProgramType, "accounts" | "otherwise" | "scopes">,
  stack: StackGraph,
): NamedAccounts {
  const { accounts, unknown } = namedIn(resource, type, stack);
  // Google accepts "default" for the default account.
  const named = accounts.filter((account) => account !== "default");
  const isDefault = !unknown && (accounts.length === 0 || named.length < accounts.length);
  if (type.otherwise === undefined || !isDefault || !mayUseDefault(resource, type)) {
    return { accounts: named, unknown };
  }
  return { accounts: [...named, defaultAccountKey(type.otherwise)], unknown };
}

function namedIn(
  resource: StackResource,
  { accounts }: Pick<ProgramType, "accounts">,
  stack: StackGraph,
): NamedAccounts {
  return joined(accounts.map((path) => accountsAt(resource, path, stack)));
}

function mayUseDefault({ props }: StackResource, { scopes }: Pick<ProgramType, "scopes">): boolean {
  if (scopes === undefined) return true;
  return scopes
    .map((path) => textsAt(props, path))
    .some(({ known, unknown }) => unknown || known.some(letsWrite));
}

function joined(all: readonly NamedAccounts[]): NamedAccounts {
  return {
    accounts: [...new Set(all.flatMap(({ accounts }) => accounts))],
    unknown: all.some(({ unknown }) => unknown),
  };
}

function servicesIn(stack: StackGraph): RunningProgram[] {
  return stack.ofKind(PROGRAM).flatMap((resource) => {
    const identities = accountsOfProgram(resource, stack)?.accounts ?? [];
    if (identities.length === 0) return [];
    const regions = regionsOf(resource, stack);
    const places = regions.length > 0 ? regions : [undefined];
    return identities.flatMap((identity) =>
      places.map((region) => ({ identity, region, host: hostOf(resource, stack) })),
    );
  });
}

/** The host of a node is its cluster, as it is of the pods on the node; a project has one App Engine. */
function hostOf(resource: StackResource, stack: StackGraph): string {
  if (APP_ENGINE_VERSION.has(resource.type)) return `App Engine of ${projectOf(resource, stack) ?? ""}`;
  const cluster = NODE_POOL.has(resource.type) ? stack.referred(resource, "cluster", CLUSTER) : undefined;
  return cluster?.urn ?? resource.urn;
}

/** The regions of a resource by its properties; a node pool may have its cluster's. */
export function regionsOf(resource: StackResource, stack: StackGraph): string[] {
  if (APP_ENGINE_VERSION.has(resource.type)) return regionsOfAppEngine(resource, stack);
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

function podProgramsIn(stack: StackGraph): RunningProgram[] {
  const bound = stack.once(boundAccountsIn, boundAccountsIn);
  const ofWorkloads = podsIn(stack).flatMap(({ resource, namespace, serviceAccount }) =>
    hostsOfPods(resource, stack).map((where) => ({ ...where, namespace, account: serviceAccount })),
  );
  const running = [...ofWorkloads, ...podsOfChartsIn(stack)].flatMap((pods) => {
    const { region, host, namespace, account, cluster } = pods;
    const own = { identity: podIdentity(pods), region, host, pods: { namespace, account, cluster } };
    const accounts = [...(bound.get(own.identity) ?? []), ...("standsFor" in pods ? pods.standsFor : [])];
    return [own, ...accounts.map((identity) => ({ identity, region, host }))];
  });
  return running;
}

/** The key of the pods of one cluster that run as one Kubernetes service account. */
function podIdentity({ host, namespace, account }: Omit<PodHost, "region" | "cluster"> & Names): string {
  return `pods:${host} ${namespace}/${account}`;
}

interface Names {
  readonly namespace: string;
  readonly account: string;
}

interface PodHost {
  readonly region: string | undefined;
  readonly host: string;
  readonly cluster: StackResource | undefined;
}

/** The clusters that a Kubernetes resource is in, or one that is not known. */
function hostsOfPods(resource: StackResource, stack: StackGraph): PodHost[] {
  const clusters = clustersOf(resource, stack);
  if (clusters.length === 0) {
    return [{ region: undefined, host: resource.provider?.urn ?? "", cluster: undefined }];
  }
  return clusters.map((cluster) => ({ region: regionsOf(cluster, stack)[0], host: cluster.urn, cluster }));
}

/** The pods of charts whose values name a Kubernetes service account or its Google service account. */
function podsOfChartsIn(stack: StackGraph): (PodHost & Names & { standsFor: readonly string[] })[] {
  return stack.ofKind(HELM).flatMap((release) => {
    const namespace = known(() => text(release.props, "namespace")) ?? "default";
    return accountsOfChart(release, stack).flatMap(({ account, standsFor }) =>
      hostsOfPods(release, stack).map((where) => ({ ...where, namespace, account, standsFor })),
    );
  });
}

/**
 * Longest chain of dependencies from a provider to its cluster: a generated kubeconfig, a fleet membership or an
 * add-on.
 */
const FARTHEST = 4;

/**
 * The clusters of a Kubernetes resource: the nearest that its provider depends on, otherwise those that the resource
 * depends on.
 */
function clustersOf(resource: StackResource, stack: StackGraph): StackResource[] {
  const provider = resource.provider && stack.byUrn(resource.provider.urn);
  const byProvider = provider === undefined ? [] : nearestClusters(provider, stack);
  return byProvider.length > 0 ? byProvider : nearestClusters(resource, stack);
}

/** The clusters that a resource depends on, those of the shortest chain. */
export function nearestClusters(from: StackResource, stack: StackGraph): StackResource[] {
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

/** Google service accounts bound to Kubernetes service accounts, by the pods that run as them. */
function boundAccountsIn(stack: StackGraph): ReadonlyMap<string, readonly string[]> {
  const bound = new Map<string, readonly string[]>();
  for (const resource of stack.ofKind(KUBERNETES_SERVICE_ACCOUNT)) {
    const { accounts } = accountsAt(resource, ["metadata", "annotations", ACCOUNT_ANNOTATION], stack);
    if (accounts.length === 0) continue;
    const metadata = known(() => block(resource.props, "metadata")) ?? {};
    const namespace = known(() => text(metadata, "namespace")) ?? "default";
    const account = known(() => text(metadata, "name")) ?? resource.name;
    for (const { host } of hostsOfPods(resource, stack)) {
      bound.set(podIdentity({ host, namespace, account }), accounts);
    }
  }
  return bound;
}

function known<T>(get: () => T | undefined): T | undefined {
  const value: Known<T | undefined> = read(get);
  return value === UNKNOWN ? undefined : value;
}
