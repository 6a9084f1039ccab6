import type { StackGraph, StackResource } from "../model/graph.ts";
import { GRANT, grantsOf, kubernetesMember } from "../model/iam.ts";
import { CLUSTER, COMPUTE } from "../model/kinds.ts";
import { block, read, text, UNKNOWN, type Known } from "../model/known.ts";
import { podsIn } from "../model/workloads.ts";
import { zoneless } from "./residency.ts";

/** Roles with which a program can create objects. */
const WRITING_ROLES: ReadonlySet<string> = new Set([
  "roles/storage.admin",
  "roles/storage.legacyBucketOwner",
  "roles/storage.legacyBucketWriter",
  "roles/storage.objectAdmin",
  "roles/storage.objectCreator",
  "roles/storage.objectUser",
]);

/** The regions that programs of one identity run in, by that identity. */
type Regions = ReadonlyMap<string, readonly string[]>;

/**
 * The regions of the programs that may write to a bucket, whatever they are: pods, services of Cloud Run, machines. Each is
 * known by its identity, and what it may do by the grants on the bucket.
 */
export function regionsOfGrantedWriters(bucket: StackResource, stack: StackGraph): string[] {
  const regions = stack.once(regionsOfPrograms, regionsOfPrograms);
  return stack
    .referring(bucket, GRANT, "bucket")
    .flatMap(grantsOf)
    .filter(({ role }) => role !== undefined && WRITING_ROLES.has(role))
    .flatMap(({ members }) => members.flatMap((member) => regions.get(identityOf(member)) ?? []));
}

function identityOf(member: string): string {
  const whom = kubernetesMember(member);
  return whom?.kind === "account" ? podIdentity(whom.namespace, whom.name) : member;
}

function podIdentity(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

function regionsOfPrograms(stack: StackGraph): Regions {
  const regions = new Map<string, string[]>();
  for (const [identity, region] of [...machinesIn(stack), ...podProgramsIn(stack)]) {
    regions.set(identity, [...(regions.get(identity) ?? []), region]);
  }
  return regions;
}

function machinesIn(stack: StackGraph): (readonly [string, string])[] {
  return stack.ofKind(COMPUTE).flatMap(({ props }) => {
    const place = known(() => text(props, "location") ?? text(props, "zone") ?? text(props, "region"));
    const account =
      known(() => text(block(props, "template") ?? {}, "serviceAccount")) ??
      known(() => text(block(block(props, "template") ?? {}, "template") ?? {}, "serviceAccount")) ??
      known(() => text(block(props, "serviceAccount") ?? {}, "email"));
    if (place === undefined || account === undefined) return [];
    return [[`serviceAccount:${account}`, zoneless(place.toLowerCase())] as const];
  });
}

function podProgramsIn(stack: StackGraph): (readonly [string, string])[] {
  return podsIn(stack).flatMap((pods) => {
    const region = regionOfCluster(pods.resource, stack);
    return region === undefined ? [] : [[podIdentity(pods.namespace, pods.serviceAccount), region] as const];
  });
}

/** Where the cluster is that a Kubernetes resource goes to: what it, or its provider, depends on. */
function regionOfCluster(resource: StackResource, stack: StackGraph): string | undefined {
  const provider = resource.provider && stack.byUrn(resource.provider.urn);
  for (const { urn } of [...resource.dependencies, ...(provider?.dependencies ?? [])]) {
    const cluster = stack.byUrn(urn);
    if (cluster === undefined || !CLUSTER.has(cluster.type)) continue;
    const location = known(() => text(cluster.props, "location"));
    if (location !== undefined) return zoneless(location.toLowerCase());
  }
  return undefined;
}

function known<T>(get: () => T | undefined): T | undefined {
  const value: Known<T | undefined> = read(get);
  return value === UNKNOWN ? undefined : value;
}
