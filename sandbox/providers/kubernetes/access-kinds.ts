import { boolean, integer, list, object, string } from "../fields.ts";
import type { Kind } from "./kinds.ts";

/** Access control and priority classes. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */

const rules = list(
  object({
    apiGroups: list(string()),
    resources: list(string()),
    resourceNames: list(string()),
    nonResourceURLs: list(string()),
    verbs: list(string(), { required: true, min: 1 }),
  }),
);
const roleRef = object(
  {
    apiGroup: string({ required: true }),
    kind: string({ required: true, allowed: ["Role", "ClusterRole"] }),
    name: string({ required: true }),
  },
  // The API server refuses a change of it, so the real provider replaces the binding.
  { required: true, replaces: true },
);
const subjects = list(
  object({
    kind: string({ required: true, allowed: ["ServiceAccount", "User", "Group"] }),
    name: string({ required: true }),
    namespace: string(),
    apiGroup: string(),
  }),
);

const rbac = (kind: string, fields: Kind["fields"]): Kind => ({
  token: `kubernetes:rbac.authorization.k8s.io/v1:${kind}`,
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind,
  namespaced: !kind.startsWith("Cluster"),
  fields,
});

export const accessKinds: Kind[] = [
  rbac("Role", { rules }),
  rbac("RoleBinding", { roleRef, subjects }),
  rbac("ClusterRole", { rules }),
  rbac("ClusterRoleBinding", { roleRef, subjects }),
  {
    token: "kubernetes:scheduling.k8s.io/v1:PriorityClass",
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    namespaced: false,
    fields: {
      value: integer({ required: true, replaces: true, max: 1_000_000_000 }),
      globalDefault: boolean(),
      description: string(),
      preemptionPolicy: string({ allowed: ["Never", "PreemptLowerPriority"], replaces: true }),
    },
  },
];
