import { sourcesOf, type StackGraph } from "./graph.ts";
import { type StackResource } from "./stack-resource.ts";
import type { Kind } from "./kinds.ts";
import { block, blocks, read, text, textsAt, UNKNOWN, type Known, type Properties } from "./known.ts";
import { mayBeSameProject, projectOf } from "./projects.ts";

/** A grant of a role to members, by a member, binding or policy resource. */
export interface Grant {
  /** Absent while it is not known. */
  readonly role: string | undefined;
  /** The members that are known. */
  readonly members: readonly string[];
  /** The expression under which it holds. */
  readonly condition?: Known<string>;
}

const GRANTING = /^(gcp|google|google-beta|google-native):.*I[Aa][Mm](Member|Binding|Policy)$/;

/** Every resource that gives roles to members; there are too many types to list. */
export const GRANT: Kind = { has: (type) => GRANTING.test(type) };

/** The grants of a resource, without members that are not known yet. */
export function grantsOf({ props }: { props: Properties }): Grant[] {
  const policy = read(() => text(props, "policyData"));
  if (policy !== UNKNOWN && policy !== undefined) return grantsOfPolicy(policy);
  const bindings = read(() => blocks(props, "bindings"));
  // google-native writes a policy out.
  if (bindings !== UNKNOWN && bindings.length > 0) return bindings.map(grantOf);
  return [grantOf(props)];
}

function grantOf(props: Properties): Grant {
  const role = read(() => text(props, "role"));
  const condition = read(() => text(block(props, "condition") ?? {}, "expression"));
  return {
    role: role === UNKNOWN ? undefined : role,
    members: ["member", "members"].flatMap((key) => textsAt(props, key).known),
    ...(condition !== undefined && { condition }),
  };
}

function grantsOfPolicy(policyData: string): Grant[] {
  const policy = parsed(policyData);
  return policy === undefined ? [] : blocks(policy, "bindings").map(grantOf);
}

/** Audit configurations of an IAM policy. */
export function auditConfigsOf({ props }: { props: Properties }): Properties[] {
  const policy = parsed(text(props, "policyData") ?? "{}") ?? {};
  return [...blocks(policy, "auditConfigs"), ...blocks(props, "auditConfigs")];
}

function parsed(json: string): Properties | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Properties) : undefined;
  } catch {
    return undefined;
  }
}

/** The properties of a grant that name its members. */
const WHOM = ["member", "members", "bindings.members", "policyData"];

/** Whether a grant has members that are not known yet. */
export function hasUnknownMembers({ props }: { props: Properties }): boolean {
  return WHOM.some((path) => textsAt(props, path).unknown);
}

/**
 * Outputs with a project's number or pool, from which Kubernetes principals are built; other outputs name one account.
 */
const PRINCIPAL_PART = /^(?!gcp:|google)|^gcp:(container|iam|organizations)\//;

/** Whether an unknown member of a grant may be something other than a Google account. */
export function mayNameOthers(grant: StackResource, stack: StackGraph): boolean {
  return WHOM.some((path) => {
    if (!textsAt(grant.props, path).unknown) return false;
    const sources = sourcesOf(grant, path).map((urn) => stack.byUrn(urn)?.type ?? "");
    return sources.length === 0 || path === "policyData" || sources.some((type) => PRINCIPAL_PART.test(type));
  });
}

/** The resource that a grant is on. */
export type Scope = "bucket" | "topic" | "subscription" | "secret" | "serviceAccount" | "wide";

interface ScopeTypes {
  readonly types: RegExp;
  /** The properties that may name the resource. */
  readonly names: readonly string[];
}

/**
 * Types that grant roles on the resources that the rules check. A grant on a project, folder or organisation is wide.
 */
const SCOPES: Readonly<Record<Scope, ScopeTypes>> = {
  bucket: {
    types:
      /:storage\/(bucketIAM|managedFolderIam)|:index\/storage(Bucket|ManagedFolder)Iam|:storage\/v1:BucketIam/,
    names: ["bucket", "name"],
  },
  topic: { types: /:pubsub\/topicIAM|:index\/pubsubTopicIam|:pubsub\/v1:TopicIam/, names: ["topic", "name"] },
  subscription: {
    types: /:pubsub\/subscriptionIAM|:index\/pubsubSubscriptionIam|:pubsub\/v1:SubscriptionIam/,
    names: ["subscription", "name"],
  },
  secret: {
    types:
      /:secretmanager\/(secret|regionalSecret)Iam|:index\/secretManager(Regional)?SecretIam|:secretmanager\/v1:SecretIam/,
    names: ["secretId", "name"],
  },
  serviceAccount: {
    types: /:serviceaccount\/iAM|:index\/serviceAccountIam|:iam\/v1:ServiceAccountIam/,
    names: ["serviceAccountId", "name"],
  },
  wide: {
    types:
      /:(projects|folder|organizations)\/iAM|:index\/(project|folder|organization)Iam|:cloudresourcemanager\/v\w+:(Project|Folder|Organization)Iam/,
    names: [],
  },
};

const KINDS = new Map(
  Object.entries(SCOPES).map(([scope, { types }]): [string, Kind] => [
    scope,
    { has: (type) => types.test(type) && GRANT.has(type) },
  ]),
);

/** The kind of resources that grant roles on this. */
export function grantsOn(scope: Scope): Kind {
  return KINDS.get(scope) ?? { has: () => false };
}

/** The resources that grant roles on `target` itself. */
export function grantsOnResource(
  target: StackResource,
  scope: Exclude<Scope, "wide">,
  stack: StackGraph,
): StackResource[] {
  const found = SCOPES[scope].names.flatMap((name) => stack.referring(target, grantsOn(scope), name));
  return [...new Set(found)];
}

/** The resources that grant roles on everything of a project, a folder or an organisation. */
export function wideGrantsIn(stack: StackGraph): StackResource[] {
  return stack.once(wideGrantsIn, () => stack.ofKind(grantsOn("wide")));
}

/** The wide grants that may apply to a resource: those not known to be on another project. */
export function wideGrantsOn(target: StackResource, stack: StackGraph): StackResource[] {
  const project = projectOf(target, stack);
  return stack.once(`wide grants on ${project ?? ""}`, () =>
    wideGrantsIn(stack).filter(
      (grant) => !OF_A_PROJECT.test(grant.type) || mayBeSameProject(projectOf(grant, stack), project),
    ),
  );
}

/** Folders and organisations hold projects that are not in the stack. */
const OF_A_PROJECT = /:projects\/|:index\/project|:ProjectIam/;
