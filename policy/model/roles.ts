import { lastSegment, sourcesOf, type StackGraph } from "./graph.ts";
import { type StackResource } from "./stack-resource.ts";
import { groupBy } from "./group-by.ts";
import { grantsOf, hasUnknownMembers, type Grant } from "./iam.ts";
import { CUSTOM_ROLE } from "./kinds.ts";
import { read, text, textsAt, UNKNOWN } from "./known.ts";
import type { Power } from "./powers.ts";
import { NOT_KNOWN_YET } from "./unjudged.ts";

/** Whether a role gives a power; where that cannot be told, why. */
type Holds = boolean | { readonly because: string };

/** A grant that gives a power. */
export interface PowerGrant {
  readonly resource: StackResource;
  /** Members that are known. */
  readonly members: readonly string[];
  /** What else the members' property comes from, while it is not known. */
  readonly unknownMembers: boolean;
  /** Why it is not sure that the grant gives the power. */
  readonly doubt?: string;
}

/** The grants of these resources that give a power, or may. */
export function grantsOfPower(
  resources: readonly StackResource[],
  power: Power,
  stack: StackGraph,
): PowerGrant[] {
  return resources.flatMap((resource) => {
    const unknownMembers = hasUnknownMembers(resource);
    return grantsOf(resource).flatMap((grant) => {
      const holds = roleHolds(resource, grant, power, stack);
      if (holds === false) return [];
      return [
        {
          resource,
          members: grant.members,
          unknownMembers,
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
      : (customRolesOf(stack).get(lastSegment(role)) ?? []);
  const custom = roles.filter(({ type }) => CUSTOM_ROLE.has(type));
  if (custom.length === 0) {
    return { because: role === undefined ? NOT_KNOWN_YET : `the custom role ${role} is not in this stack` };
  }
  const verdicts = custom.map((one) => customHolds(one, power));
  return verdicts.includes(true) || (verdicts.find((one) => typeof one === "object") ?? false);
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
