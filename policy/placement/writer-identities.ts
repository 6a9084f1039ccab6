import { accountsAt } from "../model/accounts.ts";
import { conditionMayHold } from "../model/conditions.ts";
import { sourcesOf, type StackGraph } from "../model/graph.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { groupBy } from "../model/group-by.ts";
import { grantsOn, grantsOnResource, wideGrantsIn, wideGrantsOn, type Grant } from "../model/iam.ts";
import { BUCKET } from "../model/kinds.ts";
import { read, text, texts, UNKNOWN } from "../model/known.ts";
import { identitiesOfMember, possibleIdentitiesOf } from "../model/members.ts";
import { ACT_AS, WRITE_OBJECTS } from "../model/powers.ts";
import { grantsOfPower, type Holds, type PowerGrant } from "../model/roles.ts";
import { runningPrograms, type RunningProgram } from "../model/running.ts";
import { NOT_KNOWN_YET } from "../model/unjudged.ts";

/** Regions of the programs that may write to a bucket. */
export interface GrantedWriters {
  /** Regions that are sure, sorted. */
  readonly regions: readonly string[];
  /** Regions of programs with a grant on this bucket; the others may write to every bucket of the project. */
  readonly ownRegions: readonly string[];
  /** Why there may be a second region. */
  readonly doubts: readonly string[];
}

/**
 * Regions of the programs that may write to a bucket: pods, Cloud Run services, machines, functions. Programs are
 * identified by their identity, and their access by the permissions granted to it anywhere.
 */
export function grantedWriters(bucket: StackResource, stack: StackGraph): GrantedWriters {
  const grants = grantsToWrite(bucket, stack);
  const isSure = grants.filter(({ doubt }) => doubt === undefined);
  const sure = programsOf(isSure, stack);
  const regions = regionsOfPrograms(sure);
  const own = isSure.filter(isAboutBuckets);
  const ownRegions = own.length === isSure.length ? regions : regionsOfPrograms(programsOf(own, stack));
  return { regions, ownRegions, doubts: regions.length >= 2 ? [] : doubtsOf(grants, sure, stack) };
}

/** Whether a grant is limited to named buckets, by its resource or by its condition. */
function isAboutBuckets({ resource, condition }: PowerGrant): boolean {
  if (!grantsOn("wide").has(resource.type) || condition === UNKNOWN) return true;
  return condition !== undefined && conditionMayHold(condition, NO_BUCKET) === false;
}

/** A name that no bucket can have. */
const NO_BUCKET = "?";

function grantsToWrite(bucket: StackResource, stack: StackGraph): PowerGrant[] {
  const grants = [...grantsOnResource(bucket, "bucket", stack), ...wideGrantsOn(bucket, stack)];
  const holds = (grant: Grant, resource: StackResource): Holds =>
    conditionHolds(grant, resource, bucket, stack);
  return [...grantsOfPower(grants, WRITE_OBJECTS, stack, holds), ...grantsByAccessControl(bucket, stack)];
}

/** Whether a grant lets anything be written to a bucket, by its condition. */
function conditionHolds(
  { condition }: Grant,
  resource: StackResource,
  bucket: StackResource,
  stack: StackGraph,
): Holds {
  if (condition === undefined) return true;
  if (condition === UNKNOWN) {
    const buckets = sourcesOf(resource, "condition").filter((urn) =>
      BUCKET.has(stack.byUrn(urn)?.type ?? ""),
    );
    if (buckets.includes(bucket.urn)) return true;
    return buckets.length > 0 ? false : { because: NOT_KNOWN_YET };
  }
  const name = read(() => text(bucket.props, "name"));
  const holds = conditionMayHold(condition, name === UNKNOWN ? undefined : name);
  if (holds !== undefined) return holds;
  if (typeof name !== "string") return { because: NOT_KNOWN_YET };
  return { because: `the condition of ${resource.name} is not one that this policy reads` };
}

const WRITING_ACCESS = /^(WRITER|OWNER)$/;
const ACCESS_CONTROL = { has: (type: string) => /:storage\/bucketA(ccessControl|CL):/.test(type) };

/** Access control lists of the bucket itself: they count while access is not uniform, and writing there is WRITER. */
function grantsByAccessControl(bucket: StackResource, stack: StackGraph): PowerGrant[] {
  return stack.referring(bucket, ACCESS_CONTROL, "bucket").map((resource) => {
    const entity = read(() => text(resource.props, "entity"));
    const role = read(() => text(resource.props, "role"));
    const entries = read(() => texts(resource.props, "roleEntities"));
    const one = typeof role === "string" && typeof entity === "string" ? [`${role}:${entity}`] : [];
    const members = [...one, ...(entries === UNKNOWN ? [] : entries)].flatMap((entry) => {
      const [access = "", whom = ""] = entry.split(/:(.*)/s);
      return WRITING_ACCESS.test(access) && whom.startsWith("user-")
        ? [`serviceAccount:${whom.slice("user-".length)}`]
        : [];
    });
    return { resource, members, unknownMembers: [entity, role, entries].includes(UNKNOWN) };
  });
}

function programsOf(grants: readonly PowerGrant[], stack: StackGraph): RunningProgram[] {
  return programsAs(
    grants.flatMap((grant) => identitiesOf(grant, stack)),
    stack,
  );
}

/** The programs that run as these identities, or may act as them. */
function programsAs(own: readonly string[], stack: StackGraph): RunningProgram[] {
  const identities = withThoseWhoActAs(own, stack);
  const running = stack.once("running by identity", () =>
    groupBy(runningPrograms(stack), ({ identity }) => identity),
  );
  return [...identities].flatMap((identity) => running.get(identity) ?? []);
}

/** The keys of all whom a grant names. */
function identitiesOf({ resource, members, unknownMembers }: PowerGrant, stack: StackGraph): string[] {
  const known = members.flatMap((member) => identitiesOfMember(member, stack));
  if (!unknownMembers) return known;
  return [...known, ...["member", "members"].flatMap((path) => accountsAt(resource, path, stack).accounts)];
}

/** Identities, and all identities that may act as them. */
function withThoseWhoActAs(identities: readonly string[], stack: StackGraph): ReadonlySet<string> {
  const { byAccount, asAnybody } = stack.once(whoActsAs, whoActsAs);
  const all = new Set<string>();
  const add = (identity: string): void => {
    if (all.has(identity)) return;
    all.add(identity);
    if (identity.startsWith("pods:")) return;
    for (const one of [...(byAccount.get(identity) ?? []), ...asAnybody]) add(one);
  };
  for (const identity of identities) add(identity);
  return all;
}

/** Who may act as which account, and who as every account of a project. */
function whoActsAs(stack: StackGraph): {
  byAccount: ReadonlyMap<string, readonly string[]>;
  asAnybody: readonly string[];
} {
  const on = (resources: readonly StackResource[]): PowerGrant[] =>
    grantsOfPower(resources, ACT_AS, stack).filter(({ doubt }) => doubt === undefined);
  const byAccount = new Map<string, string[]>();
  for (const grant of on(stack.ofKind(grantsOn("serviceAccount")))) {
    const accounts = ["serviceAccountId", "name"].flatMap(
      (path) => accountsAt(grant.resource, path, stack).accounts,
    );
    for (const account of accounts) {
      byAccount.set(account, [...(byAccount.get(account) ?? []), ...identitiesOf(grant, stack)]);
    }
  }
  return { byAccount, asAnybody: on(wideGrantsIn(stack)).flatMap((grant) => identitiesOf(grant, stack)) };
}

function regionsOfPrograms(programs: readonly RunningProgram[]): string[] {
  return [...new Set(programs.flatMap(({ region }) => region ?? []))].sort();
}

/** Largest number of regions that programs may run in; each cluster of an unknown region counts as one. */
function placesOf(programs: readonly RunningProgram[]): number {
  return new Set(programs.map(({ region, host }) => region ?? host)).size;
}

/** Uncertain grants that would add a second region. */
function doubtsOf(
  grants: readonly PowerGrant[],
  sure: readonly RunningProgram[],
  stack: StackGraph,
): string[] {
  if (placesOf(sure) >= 2) return [NO_REGION];
  const ofMembers = grants
    .flatMap(({ members }) => members)
    .flatMap((member) => possibleIdentitiesOf(member, stack) ?? [])
    .filter(({ identities }) => placesOf([...sure, ...programsAs(identities, stack)]) >= 2)
    .map(({ because }) => because);
  return [
    ...new Set([
      ...ofMembers,
      ...grants.flatMap((grant) => {
        const doubt = grant.doubt ?? (namesUnknown(grant, stack) ? NOT_KNOWN_YET : undefined);
        if (doubt === undefined) return [];
        const named = namesUnknown(grant, stack) ? runningPrograms(stack) : programsOf([grant], stack);
        return placesOf([...sure, ...named]) >= 2 ? [doubt] : [];
      }),
    ]),
  ];
}

const NO_REGION = "the regions of the clusters that programs which may write run on are not in this stack";

function namesUnknown({ resource, unknownMembers }: PowerGrant, stack: StackGraph): boolean {
  if (!unknownMembers) return false;
  const named = ["member", "members"].map((path) => accountsAt(resource, path, stack));
  return named.some(({ unknown }) => unknown) || named.every(({ accounts }) => accounts.length === 0);
}
