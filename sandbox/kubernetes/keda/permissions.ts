import type { KedaSettings } from "./release.ts";

/**
 * What the chart of KEDA grants to its programs, and nothing more: a permission that is missing in a cluster is missing here.
 *
 * https://github.com/kedacore/charts/tree/main/keda/templates
 */
export function kedaPermissions(settings: KedaSettings): object[] {
  return [...operatorPermissions(settings), ...adapterPermissions(settings), ...webhookPermissions(settings)];
}

/** Service accounts of the chart. */
export const kedaAccounts = {
  operator: "keda-operator",
  adapter: "keda-metrics-server",
  webhooks: "keda-webhook",
} as const;

const rbac = "rbac.authorization.k8s.io";
const apiVersion = `${rbac}/v1`;
const labels = { "app.kubernetes.io/part-of": "keda-operator", "app.kubernetes.io/managed-by": "Helm" };

const read = ["get", "list", "watch"];
const edit = ["get", "list", "patch", "update", "watch"];
const own = ["create", "delete", ...edit];

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

const withStatus = (...resources: string[]): string[] =>
  resources.flatMap((resource) => [resource, `${resource}/status`]);

function operatorPermissions(settings: KedaSettings): object[] {
  const { namespace, watchNamespace, restrictSecrets, tokensFor, scaledKinds } = settings;
  const subject = account(namespace, kedaAccounts.operator);
  const watched = watchNamespace === "" ? [] : [...new Set([...watchNamespace.split(","), namespace])];
  const eventing = rule(
    "eventing.keda.sh",
    withStatus("cloudeventsources", "clustercloudeventsources"),
    edit,
  );
  return [
    clusterRole("keda-operator", [
      rule("", [...withStatus("configmaps"), "limitranges", "pods", "services", "serviceaccounts"], read),
      { apiGroups: ["events.k8s.io", ""], resources: ["events"], verbs: ["create", "patch"] },
      rule("discovery.k8s.io", ["endpointslices"], read),
      ...(restrictSecrets ? [] : [rule("", ["secrets"], ["list", "watch"])]),
      ...scaledKinds.flatMap(({ apiGroup, kind }) => [
        rule(apiGroup, [`${kind}/scale`], edit),
        rule(apiGroup, [kind], ["get"]),
      ]),
      rule("apps", ["deployments/scale", "statefulsets/scale"], edit),
      rule("apps", ["deployments", "replicasets", "statefulsets"], read),
      rule("autoscaling", ["horizontalpodautoscalers"], own),
      rule("batch", ["jobs"], own),
      eventing,
      rule(
        "keda.sh",
        [
          ...["scaledjobs", "scaledobjects"].flatMap((kind) => [...withStatus(kind), `${kind}/finalizers`]),
          ...withStatus("triggerauthentications"),
        ],
        edit,
      ),
    ]),
    ...(watched.length === 0
      ? [clusterRoleBinding("keda-operator", "keda-operator", subject)]
      : watched.map((each) =>
          roleBinding(each, "keda-operator", { kind: "ClusterRole", name: "keda-operator" }, subject),
        )),
    clusterRole("keda-operator-minimal-cluster-role", [
      rule("keda.sh", withStatus("clustertriggerauthentications"), edit),
      rule("admissionregistration.k8s.io", ["validatingwebhookconfigurations"], edit),
      rule("apiregistration.k8s.io", ["apiservices"], edit),
      eventing,
    ]),
    clusterRoleBinding("keda-operator-minimal", "keda-operator-minimal-cluster-role", subject),
    ...boundRole(
      namespace,
      "keda-operator-certs",
      [
        rule("coordination.k8s.io", ["leases"], own),
        { ...rule("", ["secrets"], ["get"]), resourceNames: ["kedaorg-certs"] },
        rule("", ["secrets"], ["create", "update", ...(restrictSecrets ? read : [])]),
      ],
      subject,
    ),
    ...tokensFor.flatMap(({ namespace: of, name }) =>
      boundRole(
        of,
        `keda-operator-token-creator-${name}`,
        [{ ...rule("", ["serviceaccounts/token"], ["create"]), resourceNames: [name] }],
        subject,
      ),
    ),
  ];
}

function adapterPermissions({ namespace }: KedaSettings): object[] {
  const subject = account(namespace, kedaAccounts.adapter);
  const reader = "keda-operator-external-metrics-reader";
  return [
    clusterRole(reader, [rule("external.metrics.k8s.io", ["externalmetrics"], ["get"])]),
    clusterRoleBinding(
      "keda-operator-hpa-controller-external-metrics",
      reader,
      account("kube-system", "horizontal-pod-autoscaler"),
    ),
    clusterRoleBinding("keda-operator-system-auth-delegator", "system:auth-delegator", subject),
    roleBinding(
      "kube-system",
      "keda-operator-auth-reader",
      { kind: "Role", name: "extension-apiserver-authentication-reader" },
      subject,
    ),
  ];
}

function webhookPermissions({ namespace, webhooks }: KedaSettings): object[] {
  if (!webhooks) return [];
  return [
    clusterRole("keda-operator-webhook", [
      rule("autoscaling", ["horizontalpodautoscalers"], ["list", "watch"]),
      rule("keda.sh", ["scaledobjects"], ["list", "watch"]),
      rule("apps", ["deployments", "statefulsets"], read),
      rule("", ["limitranges"], ["list"]),
      rule("events.k8s.io", ["events"], ["create", "patch"]),
    ]),
    clusterRoleBinding(
      "keda-operator-webhook",
      "keda-operator-webhook",
      account(namespace, kedaAccounts.webhooks),
    ),
  ];
}

interface Subject {
  readonly kind: "ServiceAccount";
  readonly namespace: string;
  readonly name: string;
}

function account(namespace: string, name: string): Subject {
  return { kind: "ServiceAccount", namespace, name };
}

function clusterRole(name: string, rules: readonly Rule[]): object {
  return { apiVersion, kind: "ClusterRole", metadata: { name, labels }, rules };
}

function clusterRoleBinding(name: string, role: string, subject: Subject): object {
  return {
    apiVersion,
    kind: "ClusterRoleBinding",
    metadata: { name, labels },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [subject],
  };
}

function roleBinding(
  namespace: string,
  name: string,
  role: { kind: "ClusterRole" | "Role"; name: string },
  subject: Subject,
): object {
  return {
    apiVersion,
    kind: "RoleBinding",
    metadata: { namespace, name, labels },
    roleRef: { apiGroup: rbac, ...role },
    subjects: [subject],
  };
}

function boundRole(namespace: string, name: string, rules: readonly Rule[], subject: Subject): object[] {
  return [
    { apiVersion, kind: "Role", metadata: { namespace, name, labels }, rules },
    roleBinding(namespace, name, { kind: "Role", name }, subject),
  ];
}
