import { z } from "zod";
import type { Manifest } from "./manifest.ts";

const subject = z.looseObject({
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
});
const binding = z.looseObject({
  roleRef: z.looseObject({ kind: z.string(), name: z.string() }),
  subjects: z.array(subject).default([]),
});
const rules = z
  .array(
    z.looseObject({
      apiGroups: z.array(z.string()).default([]),
      resources: z.array(z.string()).default([]),
      verbs: z.array(z.string()).default([]),
    }),
  )
  .default([]);
const role = z.looseObject({ rules });

/** A cluster-wide action that the stand-in authorizes. */
export interface Action {
  apiGroup: string;
  resource: string;
  verb: string;
}

/** Of the roles that every cluster has, those with which our workloads review tokens. */
const builtIn: Readonly<Record<string, z.infer<typeof rules>>> = {
  "system:auth-delegator": [
    { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
    { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
  ],
  "cluster-admin": [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
};

/**
 * Whether declared ClusterRoleBindings let a service account do something cluster-wide.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export function mayClusterWide(
  objects: readonly Manifest[],
  account: { namespace: string; name: string },
  action: Action,
): boolean {
  const roles = new Map<string, z.infer<typeof rules>>(Object.entries(builtIn));
  for (const manifest of objects) {
    if (manifest.kind === "ClusterRole") roles.set(manifest.metadata.name, role.parse(manifest).rules);
  }
  const groups = [
    "system:serviceaccounts",
    `system:serviceaccounts:${account.namespace}`,
    "system:authenticated",
  ];
  return objects
    .filter(({ kind }) => kind === "ClusterRoleBinding")
    .map((manifest) => binding.parse(manifest))
    .filter(({ subjects }) =>
      subjects.some((one) =>
        one.kind === "ServiceAccount"
          ? one.name === account.name && one.namespace === account.namespace
          : one.kind === "Group" && groups.includes(one.name),
      ),
    )
    .flatMap(({ roleRef }) => (roleRef.kind === "ClusterRole" ? (roles.get(roleRef.name) ?? []) : []))
    .some(
      (rule) =>
        has(rule.apiGroups, action.apiGroup) &&
        has(rule.resources, action.resource) &&
        has(rule.verbs, action.verb),
    );
}

const has = (list: readonly string[], one: string): boolean => list.includes("*") || list.includes(one);
