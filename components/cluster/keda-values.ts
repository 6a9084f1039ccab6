import type * as pulumi from "@pulumi/pulumi";
import { toApiServer } from "../kubernetes/network-rules.ts";
import { sorted } from "../validation/index.ts";
import { SYSTEM_POOL } from "./node-pools.ts";
import { POOL_KEY } from "./pool-labels.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** A Kubernetes service account. */
export interface ServiceAccountName {
  /** The Kubernetes namespace that it is in. */
  readonly namespace: string;
  /** The Kubernetes service account's name. */
  readonly name: string;
}

/** Settings of the chart's values. */
export interface KedaSettings {
  readonly watchedNamespaces: readonly string[];
  readonly tokensFor: readonly ServiceAccountName[];
  readonly imageRegistry: string | undefined;
  readonly replicas: number;
  readonly onSystemPool: boolean;
  readonly apiServerRange: pulumi.Input<string> | undefined;
  readonly priorityClassName: pulumi.Input<string> | undefined;
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
  const { watchedNamespaces, tokensFor, imageRegistry, replicas, onSystemPool } = settings;
  const ofEach = (value: unknown) => Object.fromEntries(PROGRAMS.map((program) => [program, value]));
  const spread = (app: string) => [
    {
      maxSkew: 1,
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { app } },
    },
  ];
  const apiServer = [toApiServer(settings.apiServerRange)];
  return {
    // Without them every ScaledJob would go, and with it every encode that runs: they outlive the release.
    crds: { install: true, additionalAnnotations: { "helm.sh/resource-policy": "keep" } },
    ...(watchedNamespaces.length > 0 && { watchNamespace: sorted(watchedNamespaces).join(",") }),
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
    ...withoutUndefined({ priorityClassName: settings.priorityClassName }),
    enableServiceLinks: false,
    // The other flavour, the chart's default, needs a kind that GKE's Dataplane V2 does not have. This one lets out to
    // pods only, and the API server is none.
    networkPolicy: {
      enabled: true,
      flavor: "kubernetes",
      kubernetes: {
        operator: { extraEgressRules: apiServer },
        metricsServer: { extraEgressRules: apiServer },
        webhooks: { extraEgressRules: apiServer },
      },
    },
    // Deployments are all that is scaled by their kind; Jobs KEDA makes itself.
    rbac: { enabledCustomScaledRefKinds: false },
    permissions: {
      metricServer: { restrict: { secret: true } },
      operator: {
        restrict: {
          secret: true,
          serviceAccountTokenCreationRoles: sorted(tokensFor, nameOf).map(({ namespace, name }) => ({
            namespace,
            name,
          })),
        },
      },
    },
    prometheus: ofEach({ enabled: true }),
  };
}

const nameOf = ({ namespace, name }: ServiceAccountName): string => `${namespace}/${name}`;
