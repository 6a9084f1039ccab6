import type { Kind } from "./kinds.ts";
import { blocks, read, text, texts, UNKNOWN, type Properties } from "./known.ts";

/** Roles given to members, by whatever resource: a member, a binding, or a whole policy. */
export interface Grant {
  /** Absent while it is not known. */
  readonly role: string | undefined;
  /** The members that are known. */
  readonly members: readonly string[];
}

const GRANTING = /^(gcp|google|google-beta|google-native):.*I[Aa][Mm](Member|Binding|Policy)$/;

/** Every resource that gives roles to members; there are too many types to list. */
export const GRANT: Kind = { has: (type) => GRANTING.test(type) };

/** The grants that a resource makes; members that are not known yet are left out. */
export function grantsOf({ props }: { props: Properties }): Grant[] {
  const policy = read(() => text(props, "policyData"));
  if (policy !== UNKNOWN && policy !== undefined) return grantsOfPolicy(policy);
  const role = read(() => text(props, "role"));
  const member = read(() => text(props, "member"));
  const members = read(() => texts(props, "members"));
  return [
    {
      role: role === UNKNOWN ? undefined : role,
      members: [
        ...(member === UNKNOWN || member === undefined ? [] : [member]),
        ...(members === UNKNOWN ? [] : members),
      ],
    },
  ];
}

function grantsOfPolicy(policyData: string): Grant[] {
  const policy = parsed(policyData);
  if (policy === undefined) return [];
  return blocks(policy, "bindings").map((binding) => ({
    role: text(binding, "role"),
    members: texts(binding, "members"),
  }));
}

function parsed(json: string): Properties | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Properties) : undefined;
  } catch {
    return undefined;
  }
}

/** Whom a member names, as far as Workload Identity can name Kubernetes' service accounts. */
export type KubernetesMember =
  | { readonly kind: "account"; readonly namespace: string; readonly name: string }
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "everyone" };

/**
 * Reads a member that stands for pods. The forms: `principal://…/subject/ns/NS/sa/KSA`,
 * `principalSet://…/namespace/NS`, a set by cluster or the whole pool, and `serviceAccount:P.svc.id.goog[NS/KSA]`.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/workload-identity
 */
export function kubernetesMember(member: string): KubernetesMember | undefined {
  const account =
    /\/subject\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(member) ??
    /\.svc\.id\.goog\[([^/]+)\/([^\]]+)\]$/.exec(member);
  if (account?.[1] !== undefined && account[2] !== undefined) {
    return { kind: "account", namespace: account[1], name: account[2] };
  }
  if (!member.startsWith("principalSet://") || !member.includes(".svc.id.goog/")) return undefined;
  const namespace = /\/namespace\/([^/]+)$/.exec(member)?.[1];
  return namespace === undefined ? { kind: "everyone" } : { kind: "namespace", namespace };
}
