import { z } from "zod";
import type { KedaRelease } from "../programs/types.ts";

/** What of a release matters to KEDA as the sandbox runs it. */
export interface KedaSettings {
  readonly namespace: string;
  readonly createNamespace: boolean;
  /** Comma between several; empty for all. */
  readonly watchNamespace: string;
  readonly webhooks: boolean;
  /** Of the custom resource definitions, beside the chart's own. */
  readonly definitionAnnotations: Readonly<Record<string, string>>;
  readonly restrictSecrets: boolean;
  readonly tokensFor: readonly { readonly namespace: string; readonly name: string }[];
  readonly operatorMetrics: boolean;
  /** Kinds beside Deployments and StatefulSets whose scale the operator may change; it may read everything of them. */
  readonly scaledKinds: readonly { readonly apiGroup: string; readonly kind: string }[];
}

/** A release that asks for what the sandbox's KEDA does not do. Names every such value. */
export class KedaReleaseError extends Error {
  override readonly name = "KedaReleaseError";
}

const perProgram = <T extends z.ZodType>(value: T) =>
  z.strictObject({ operator: value.optional(), metricServer: value.optional(), webhooks: value.optional() });
const image = z.strictObject({
  registry: z.string().optional(),
  repository: z.string().optional(),
  tag: z.string().optional(),
});
const replicaCount = z.int().min(1).optional();
/** Settings of the chart's pods, which the sandbox does not run: accepted without effect. */
const placement = z.unknown().optional();

/**
 * Values of the chart that are known here, by the chart's own names and defaults. It has many more: each of them may change what KEDA does,
 * so one that is not known is refused.
 *
 * https://github.com/kedacore/charts/blob/main/keda/values.yaml
 */
const valuesSchema = z.strictObject({
  crds: z
    .strictObject({
      install: z.literal(true, "the sandbox always installs them: true"),
      additionalAnnotations: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  watchNamespace: z.string().default(""),
  operator: z.strictObject({ replicaCount }).optional(),
  metricsServer: z
    .strictObject({ replicaCount, enabled: z.literal(true, "scaling needs it: true").optional() })
    .optional(),
  webhooks: z.strictObject({ enabled: z.boolean().default(true), replicaCount }).optional(),
  image: z
    .strictObject({ keda: image.optional(), metricsApiServer: image.optional(), webhooks: image.optional() })
    .optional(),
  podDisruptionBudget: placement,
  topologySpreadConstraints: placement,
  nodeSelector: placement,
  tolerations: placement,
  affinity: placement,
  resources: placement,
  priorityClassName: placement,
  networkPolicy: placement,
  enableServiceLinks: placement,
  permissions: z
    .strictObject({
      // The adapter reads no secrets in any case.
      metricServer: z.strictObject({ restrict: z.strictObject({ secret: z.boolean() }) }).optional(),
      operator: z
        .strictObject({
          restrict: z
            .strictObject({
              secret: z.boolean().default(false),
              serviceAccountTokenCreationRoles: z
                .array(z.strictObject({ namespace: z.string(), name: z.string() }))
                .default([]),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
  rbac: z
    .strictObject({
      enabledCustomScaledRefKinds: z.boolean().default(true),
      scaledRefKinds: z
        .array(z.strictObject({ apiGroup: z.string(), kind: z.string() }))
        .default([{ apiGroup: "*", kind: "*" }]),
    })
    .prefault({}),
  prometheus: perProgram(z.strictObject({ enabled: z.boolean().optional() })).optional(),
});

/**
 * Reads a release of chart `keda`.
 *
 * @param known version that the sandbox builds
 * @throws KedaReleaseError naming every value that is not known or not allowed
 */
export function kedaSettings(release: KedaRelease, known: string): KedaSettings {
  const { version = known, namespace, createNamespace = false } = release;
  const parsed = valuesSchema.safeParse(release.values);
  const problems = [
    ...(version === known
      ? []
      : [
          `version: is ${version}; the sandbox runs KEDA ${known}, which sandbox/kubernetes/binaries/keda/go.mod pins`,
        ]),
    ...(parsed.error?.issues.flatMap(describe) ?? []),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new KedaReleaseError(
      [
        `The sandbox cannot run this release of chart keda:`,
        ...problems.map((problem) => `  ${problem}`),
      ].join("\n"),
    );
  }
  const { watchNamespace, webhooks, permissions, prometheus, rbac, crds } = parsed.data;
  const restrict = permissions?.operator?.restrict;
  return {
    namespace,
    createNamespace,
    watchNamespace,
    webhooks: webhooks?.enabled ?? true,
    definitionAnnotations: crds?.additionalAnnotations ?? {},
    restrictSecrets: restrict?.secret ?? false,
    tokensFor: restrict?.serviceAccountTokenCreationRoles ?? [],
    operatorMetrics: prometheus?.operator?.enabled ?? false,
    scaledKinds: rbac.enabledCustomScaledRefKinds ? rbac.scaledRefKinds : [],
  };
}

function describe(issue: z.core.$ZodIssue): string[] {
  const at = (...rest: PropertyKey[]): string => ["values", ...issue.path, ...rest].map(String).join(".");
  return issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => `${at(key)}: the sandbox does not know this value`)
    : [`${at()}: ${issue.message}`];
}
