import { POOL_KEY, SYSTEM_POOL } from "./node-pools.ts";

/** A Kubernetes service account. */
export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** What the chart's values are made from. */
export interface KedaSettings {
  readonly watchedNamespace: string | undefined;
  readonly tokensFor: readonly ServiceAccountName[];
  readonly imageRegistry: string | undefined;
  readonly replicas: number;
  readonly onSystemPool: boolean;
}

/** The three programs of the chart, in the spelling of most of its keys. */
const PROGRAMS = ["operator", "metricServer", "webhooks"] as const;

/**
 * Values of KEDA's Helm chart: two of everything, spread over zones, and no permission that our scaling does not need.
 * The chart spells its metrics server `metricServer` in some places and `metricsServer` in others.
 *
 * Source: https://github.com/kedacore/charts/blob/main/keda/values.yaml
 */
export function kedaValues(settings: KedaSettings): Record<string, unknown> {
  const { watchedNamespace, tokensFor, imageRegistry, replicas, onSystemPool } = settings;
  const ofEach = (value: unknown) => Object.fromEntries(PROGRAMS.map((program) => [program, value]));
  const spread = (app: string) => [
    {
      maxSkew: 1,
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { app } },
    },
  ];
  return {
    crds: { install: true },
    ...(watchedNamespace !== undefined && { watchNamespace: watchedNamespace }),
    operator: { replicaCount: replicas },
    metricsServer: { replicaCount: replicas },
    webhooks: { enabled: true, replicaCount: replicas },
    ...(replicas > 1 && { podDisruptionBudget: ofEach({ maxUnavailable: 1 }) }),
    topologySpreadConstraints: {
      operator: spread("keda-operator"),
      metricsServer: spread("keda-operator-metrics-apiserver"),
      webhooks: spread("keda-admission-webhooks"),
    },
    ...(onSystemPool && { nodeSelector: { [POOL_KEY]: SYSTEM_POOL } }),
    ...(imageRegistry !== undefined && {
      image: {
        keda: { registry: imageRegistry },
        metricsApiServer: { registry: imageRegistry },
        webhooks: { registry: imageRegistry },
      },
    }),
    networkPolicy: { enabled: true, flavor: "cilium" },
    permissions: {
      operator: {
        restrict: {
          secret: true,
          serviceAccountTokenCreationRoles: tokensFor.map(({ namespace, name }) => ({ namespace, name })),
        },
      },
    },
    prometheus: ofEach({ enabled: true }),
  };
}
