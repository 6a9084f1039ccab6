import { kedaAccounts, kedaPermissions } from "./permissions.ts";
import type { KedaSettings } from "./release.ts";

/** Where KEDA's servers listen on loopback. */
export interface KedaEndpoints {
  readonly adapter: number;
  readonly webhooks: number;
  /** PEM of the authority of their certificates. */
  readonly ca: string;
}

/** Name of the Service of the aggregated API. */
export const metricsService = "keda-operator-metrics-apiserver";

/** Objects of the chart beside its custom resource definitions, in the order in which they are to be made. */
export function kedaObjects(settings: KedaSettings, endpoints: KedaEndpoints): object[] {
  const { namespace, createNamespace, webhooks } = settings;
  return [
    ...(createNamespace ? [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }] : []),
    ...Object.values(kedaAccounts)
      .filter((account) => webhooks || account !== kedaAccounts.webhooks)
      .map((account) => ({
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { namespace, name: account },
      })),
    ...kedaPermissions(settings),
    ...metricsApi(namespace, endpoints),
    ...(webhooks ? [admission(endpoints)] : []),
  ];
}

/** The aggregated API. In a cluster its Service selects pods; here it is a name for the machine itself. */
function metricsApi(namespace: string, { adapter, ca }: KedaEndpoints): object[] {
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace, name: metricsService },
      spec: { type: "ExternalName", externalName: "localhost" },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.external.metrics.k8s.io" },
      spec: {
        group: "external.metrics.k8s.io",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        caBundle: base64(ca),
        service: { namespace, name: metricsService, port: adapter },
      },
    },
  ];
}

/** Kinds that KEDA's webhooks check, by API group. */
const checked = {
  "keda.sh": ["scaledobject", "scaledjob", "triggerauthentication", "clustertriggerauthentication"],
  "eventing.keda.sh": ["cloudeventsource", "clustercloudeventsource"],
};

function admission({ webhooks, ca }: KedaEndpoints): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "keda-admission" },
    webhooks: Object.entries(checked).flatMap(([group, kinds]) =>
      kinds.map((kind) => ({
        name: `v${kind}.kb.io`,
        admissionReviewVersions: ["v1"],
        clientConfig: {
          url: `https://localhost:${webhooks}/validate-${group.replaceAll(".", "-")}-v1alpha1-${kind}`,
          caBundle: base64(ca),
        },
        failurePolicy: "Ignore",
        matchPolicy: "Equivalent",
        rules: [
          {
            apiGroups: [group],
            apiVersions: ["v1alpha1"],
            operations: ["CREATE", "UPDATE"],
            resources: [`${kind}s`],
          },
        ],
        sideEffects: "None",
        timeoutSeconds: 10,
      })),
    ),
  };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
