import { accountOf, accountsAt, defaultKeyOf } from "./accounts.ts";
import { lastSegment, type StackGraph } from "./graph.ts";
import { GROUP, GROUP_MEMBERSHIP } from "./kinds.ts";
import { block, read, text, UNKNOWN } from "./known.ts";
import { kubernetesMember, type KubernetesMember } from "./kubernetes-members.ts";
import { mayBeSameProject, projectOf } from "./projects.ts";
import { runningPrograms, type RunningPods } from "./running.ts";
import type { StackResource } from "./stack-resource.ts";

/** Keys of all identities that a member certainly names. */
export function identitiesOfMember(member: string, stack: StackGraph): string[] {
  const whom = kubernetesMember(member);
  if (whom !== undefined) {
    return runningPrograms(stack).flatMap(({ identity, pods }) =>
      pods !== undefined && names(whom, pods, stack) ? [identity] : [],
    );
  }
  if (/^all(Authenticated)?Users$/.test(member))
    return runningPrograms(stack).map(({ identity }) => identity);
  if (member.startsWith("group:")) return membersOfGroup(member.slice("group:".length), stack).sure;
  return member.startsWith("serviceAccount:") ? keysOf(accountOf(member, stack)) : [];
}

/** Keys of identities that a member may name, and why that is uncertain. */
export interface PossibleIdentities {
  readonly identities: readonly string[];
  readonly because: string;
}

/** Whom a member may name beside those that are sure. */
export function possibleIdentitiesOf(member: string, stack: StackGraph): PossibleIdentities | undefined {
  if (member.startsWith("group:")) {
    const { possible } = membersOfGroup(member.slice("group:".length), stack);
    return { identities: possible, because: `who is in ${member} is not in this stack` };
  }
  if (!EVERY_ACCOUNT.test(member)) return undefined;
  const accounts = runningPrograms(stack).flatMap(({ identity, pods }) =>
    pods === undefined ? [identity] : [],
  );
  return { identities: accounts, because: `which service accounts ${member} holds is not in this stack` };
}

/**
 * Every service account of a project, a folder or an organisation.
 *
 * Source: https://docs.cloud.google.com/iam/docs/principal-identifiers
 */
const EVERY_ACCOUNT = /^principalSet:\/\/cloudresourcemanager\.googleapis\.com\/.*\/type\/ServiceAccount$/;

function keysOf(account: string): string[] {
  const otherwise = defaultKeyOf(account);
  return otherwise === undefined ? [account] : [account, otherwise];
}

/** Whether a member names pods; of what is not known, it may. */
function names(whom: KubernetesMember, pods: RunningPods, stack: StackGraph): boolean {
  if (whom.project !== undefined && !mayBeSameProject(whom.project, poolProjectOf(pods, stack))) return false;
  switch (whom.kind) {
    case "account":
      return whom.namespace === pods.namespace && whom.name === pods.account;
    case "namespace":
      return whom.namespace === pods.namespace;
    case "cluster":
      return pods.cluster === undefined || isCluster(pods.cluster, whom, stack);
    case "everyone":
      return true;
  }
}

/** The project whose pool the cluster of pods takes part in. */
function poolProjectOf({ cluster }: RunningPods, stack: StackGraph): string | undefined {
  if (cluster === undefined) return undefined;
  const pool = read(() => text(block(cluster.props, "workloadIdentityConfig") ?? {}, "workloadPool"));
  return typeof pool === "string" ? pool.replace(/\.svc\.id\.goog$/, "") : projectOf(cluster, stack);
}

function isCluster(
  cluster: StackResource,
  { name, location, project }: KubernetesMember & { kind: "cluster" },
  stack: StackGraph,
): boolean {
  const may = (key: string, value: string): boolean => {
    const own = read(() => text(cluster.props, key));
    return typeof own !== "string" || lastSegment(own) === value;
  };
  return (
    may("name", name) && may("location", location) && mayBeSameProject(projectOf(cluster, stack), project)
  );
}

/** The accounts of a group, by the memberships of this stack: of some, the group is not. */
function membersOfGroup(email: string, stack: StackGraph): { sure: string[]; possible: string[] } {
  const groups = stack.ofKind(GROUP);
  const isThis = ({ props }: StackResource): boolean => {
    const id = read(() => text(block(props, "groupKey") ?? {}, "id"));
    return typeof id === "string" && id.toLowerCase() === email.toLowerCase();
  };
  const own = groups.filter(isThis);
  const members = stack.ofKind(GROUP_MEMBERSHIP).flatMap((membership) => {
    const group = groups.find((one) => isMemberOf(membership, one));
    if (group !== undefined && !own.includes(group)) return [];
    const accounts = KEYS.flatMap((path) => accountsAt(membership, path, stack).accounts);
    return accounts.flatMap(keysOf).map((key) => ({ key, isSure: group !== undefined }));
  });
  const keysWhere = (isSure: boolean): string[] =>
    members.flatMap((one) => (one.isSure === isSure ? [one.key] : []));
  return { sure: keysWhere(true), possible: own.length > 0 ? [] : keysWhere(false) };
}

/** Where a membership names whom it is of. */
const KEYS = ["preferredMemberKey.id", "memberKey.id"];

function isMemberOf(membership: StackResource, group: StackResource): boolean {
  const value = read(() => text(membership.props, "group"));
  const names = ["name", "id"].map((key) => read(() => text(group.props, key)));
  if (typeof value === "string" && names.includes(value)) return true;
  const sources = [membership.propertyDependencies["group"], membership.propertyDependencies["groupId"]];
  return value === UNKNOWN || names.every((name) => name === UNKNOWN || name === undefined)
    ? sources.some((urns) => urns?.some(({ urn }) => urn === group.urn))
    : false;
}
