import type * as pulumi from "@pulumi/pulumi";
import { shown, type Problem } from "../validation/index.ts";
import { logicalOperators, MOST_CONDITIONS, MOST_OPERATORS } from "./conditions.ts";

/** When a grant holds, in Google's Common Expression Language. */
export interface GrantCondition {
  /** A few words that say when, for people. */
  title: string;
  /**
   * The condition.
   * Source: https://docs.cloud.google.com/iam/docs/conditions-overview
   * @example 'resource.name.startsWith("projects/_/buckets/acme-media/objects/outputs/")'
   */
  expression: string;
  /** Why, for people. */
  description?: string;
}

/** A role on the bucket for one member; other members of the role, in this program or not, keep it. */
export interface BucketGrant {
  /**
   * Name of the grant within the component: small letters, digits and `-`. Grants are told apart by it, so that one can
   * be removed without touching the others.
   */
  name: string;
  /** A role of Cloud Storage, `roles/storage.objectViewer`, or a custom one, `projects/PROJECT/roles/ROLE`. */
  role: string;
  /** The IAM member; never `allUsers` nor `allAuthenticatedUsers`: the bucket refuses public access. */
  member: pulumi.Input<string>;
  /**
   * When the grant holds.
   * @default the grant always holds
   */
  condition?: GrantCondition;
}

const ROLE = /^roles\/storage\.\w+$|^(projects|organizations)\/[^/]+\/roles\/[\w.]+$/;
const MEMBER =
  /^((user|serviceAccount|group|domain|projectOwner|projectEditor|projectViewer):\S+|principal(Set)?:\/\/\S+)$/;
const PUBLIC: readonly string[] = ["allUsers", "allAuthenticatedUsers"];

/** Part of a child's name. */
export const PART_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Problems of the grants; paths begin with `iamMembers`. */
export function grantProblems(grants: readonly BucketGrant[]): Problem[] {
  return [
    ...nameProblems("iamMembers", grants),
    ...grants.flatMap((grant, index) => {
      const path = `iamMembers[${index}]`;
      return [
        ...roleProblems(`${path}.role`, grant.role),
        ...memberProblems(`${path}.member`, grant.member),
        ...(grant.condition ? conditionProblems(`${path}.condition`, grant.condition) : []),
      ];
    }),
    ...sameGrants(grants),
    ...conditionCountProblems(grants),
  ];
}

/** Problems of the names that identify the items of a list. */
export function nameProblems(list: string, items: readonly { readonly name: string }[]): Problem[] {
  return items.flatMap(({ name }, index) => {
    const path = `${list}[${index}].name`;
    const first = items.findIndex((one) => one.name === name);
    if (!PART_NAME.test(name)) {
      return [
        {
          path,
          given: shown(name),
          allowed: "1 to 63 small letters, digits and -, first and last a letter or digit",
          fix: "choose another name",
        },
      ];
    }
    if (first === index) return [];
    return [
      {
        path,
        given: shown(name),
        allowed: `a name that ${list}[${first}] has not`,
        fix: "choose another name",
      },
    ];
  });
}

function roleProblems(path: string, role: string): Problem[] {
  if (ROLE.test(role)) return [];
  return [
    {
      path,
      given: shown(role),
      allowed: "a role of Cloud Storage such as roles/storage.objectViewer, or a custom role",
      because: /^roles\/(owner|editor|viewer)$/.test(role)
        ? "basic roles give far more than a bucket needs."
        : "other services' roles mean nothing on a bucket.",
      fix: "choose the smallest role from https://docs.cloud.google.com/storage/docs/access-control/iam-roles",
    },
  ];
}

function memberProblems(path: string, member: pulumi.Input<string>): Problem[] {
  if (typeof member !== "string" || MEMBER.test(member)) return [];
  if (PUBLIC.includes(member)) {
    return [
      {
        path,
        given: shown(member),
        allowed: "one principal",
        because: "public access prevention is always enforced on a MediaBucket.",
        fix: "serve objects by signed URLs, or by a CDN that signs",
      },
    ];
  }
  return [
    {
      path,
      given: shown(member),
      allowed:
        "user:, group:, serviceAccount:, domain: and a name, or principal:// or principalSet:// and a path",
      fix: "write the kind of principal in front",
    },
  ];
}

function conditionProblems(path: string, { title, expression }: GrantCondition): Problem[] {
  const empty = Object.entries({ title, expression }).flatMap(([key, text]) => {
    if (text.trim() !== "") return [];
    return [
      { path: `${path}.${key}`, given: shown(text), allowed: "a text", fix: `write the condition's ${key}` },
    ];
  });
  const operators = logicalOperators(expression);
  if (operators <= MOST_OPERATORS) return empty;
  return [
    ...empty,
    {
      path: `${path}.expression`,
      given: `${operators} logical operators`,
      allowed: `up to ${MOST_OPERATORS} of &&, || and !`,
      because: "Google takes no more in one condition.",
      fix: "make several grants of it, each with a part of the condition",
    },
  ];
}

/** More conditions on one role of one member than a policy takes; said of the first that is too much. */
function conditionCountProblems(grants: readonly BucketGrant[]): Problem[] {
  return grants.flatMap(({ role, member }, index) => {
    const before = grants
      .slice(0, index)
      .filter((one) => one.condition && one.role === role && one.member === member);
    if (grants[index]?.condition === undefined || before.length !== MOST_CONDITIONS) return [];
    return [
      {
        path: `iamMembers[${index}]`,
        given: `condition ${MOST_CONDITIONS + 1} of ${role} for one member`,
        allowed: `up to ${MOST_CONDITIONS} conditions for one role and member`,
        fix: "join conditions, or grant a role on another bucket",
      },
    ];
  });
}

/** Two resources for one grant: removing either would take it from both. */
function sameGrants(grants: readonly BucketGrant[]): Problem[] {
  return grants.flatMap((grant, index) => {
    const first = grants.findIndex(
      (one) =>
        one.role === grant.role &&
        one.member === grant.member &&
        one.condition?.title === grant.condition?.title &&
        one.condition?.expression === grant.condition?.expression,
    );
    if (first === index) return [];
    return [
      {
        path: `iamMembers[${index}]`,
        given: `the grant of iamMembers[${first}] again`,
        allowed: "each grant once",
        because: "removing one of the two would take the role away from the other.",
        fix: "remove one of them",
      },
    ];
  });
}
