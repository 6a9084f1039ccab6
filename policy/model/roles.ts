import { lastSegment, sourcesOf, type StackGraph } from "./graph.ts";
import { type StackResource } from "./stack-resource.ts";
import { groupBy } from "./group-by.ts";
import { grantsOf, hasUnknownMembers, type Grant } from "./iam.ts";
import { CUSTOM_ROLE } from "./kinds.ts";
import { read, text, textsAt, UNKNOWN, type Known } from "./known.ts";
import type { Power } from "./powers.ts";
import { mayBeSameProject, projectIn, projectOf } from "./projects.ts";
import { NOT_KNOWN_YET } from "./unjudged.ts";

/** Whether a role includes a permission, or the reason why that is unknown. */
export type Holds = boolean | { readonly because: string };

/** A grant that includes a permission. */
export interface PowerGrant {
  readonly resource: StackResource;
  /** Members that are known. */
  readonly members: readonly string[];
  /** Resources that unknown members come from. */
  readonly unknownMembers: boolean;
  /** The expression under which it holds. */
  readonly condition?: Known<string>;
  /** Why it is uncertain that the grant includes the permission. */
  readonly doubt?: string;
}

/** The grants of these resources that include a permission, or may. `conditionHolds` evaluates their conditions. */
export function grantsOfPower(
  resources: readonly StackResource[],
  power: Power,
  stack: StackGraph,
  conditionHolds: (grant: Grant, resource: StackResource) => Holds = () => true,
): PowerGrant[] {
  return resources.flatMap((resource) => {
    const unknownMembers = hasUnknownMembers(resource);
    return grantsOf(resource).flatMap((grant) => {
      const ofRole = roleHolds(resource, grant, power, stack);
      const ofCondition = ofRole === false || conditionHolds(grant, resource);
      if (ofRole === false || ofCondition === false) return [];
      const holds = ofRole === true ? ofCondition : ofRole;
      return [
        {
          resource,
          members: grant.members,
          unknownMembers,
          ...(grant.condition !== undefined && { condition: grant.condition }),
          ...(typeof holds === "object" && { doubt: holds.because }),
        },
      ];
    });
  });
}

function roleHolds(resource: StackResource, { role }: Grant, power: Power, stack: StackGraph): Holds {
  const named = role === undefined ? undefined : predefinedHolds(role, power);
  if (named !== undefined) return named;
  const roles =
    role === undefined
      ? sourcesOf(resource, "role").flatMap((urn) => stack.byUrn(urn) ?? [])
      : (customRolesOf(stack).get(lastSegment(role)) ?? []).filter((one) => mayBeCalled(one, role, stack));
  const custom = roles.filter(({ type }) => CUSTOM_ROLE.has(type));
  if (custom.length === 0) {
    return { because: role === undefined ? NOT_KNOWN_YET : `the custom role ${role} is not in this stack` };
  }
  const verdicts = custom.map((one) => customHolds(one, power));
  return verdicts.includes(true) || (verdicts.find((one) => typeof one === "object") ?? false);
}

/** Whether a custom role may be the one of a name: `projects/P/roles/R` or `organizations/O/roles/R`. */
function mayBeCalled(custom: StackResource, name: string, stack: StackGraph): boolean {
  const ofOrganization = /:organizations\/|:index\/organization|:OrganizationRole/.test(custom.type);
  const [, organization] = /^organizations\/([^/]+)\//.exec(name) ?? [];
  if (!ofOrganization) {
    return organization === undefined && mayBeSameProject(projectIn(name), projectOf(custom, stack));
  }
  const own = read(() => text(custom.props, "orgId"));
  if (organization === undefined) return projectIn(name) === undefined;
  return typeof own !== "string" || lastSegment(own) === organization;
}

function predefinedHolds(role: string, { roles }: Power): boolean | undefined {
  return role.startsWith("roles/") ? roles.has(role.slice("roles/".length)) : undefined;
}

function customHolds({ props }: StackResource, { permissions }: Power): Holds {
  const given = ["permissions", "includedPermissions"].map((key) => textsAt(props, key));
  if (given.some(({ known }) => known.some((one) => permissions.includes(one)))) return true;
  return given.some(({ unknown }) => unknown) ? { because: NOT_KNOWN_YET } : false;
}

/** Custom roles by their ids. */
function customRolesOf(stack: StackGraph): ReadonlyMap<string, readonly StackResource[]> {
  return stack.once(customRolesOf, () => {
    const roles = stack.ofKind(CUSTOM_ROLE).flatMap((role) => {
      const id = read(() => text(role.props, "roleId"));
      return id === UNKNOWN || id === undefined ? [] : [{ id, role }];
    });
    return new Map(
      [...groupBy(roles, ({ id }) => id)].map(([id, group]) => [id, group.map(({ role }) => role)]),
    );
  });
}
