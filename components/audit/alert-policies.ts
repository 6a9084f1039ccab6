import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { sorted } from "../validation/index.ts";
import {
  countCondition,
  countedAlerts,
  documentationOf,
  singleAlerts,
  type CountedAlert,
  type SingleAlert,
} from "./alerts.ts";
import type { AuditAlerts, AuditTrailArgs } from "./audit-trail-args.ts";
import type { AuditTrailResources } from "./audit-trail-resources.ts";
import type { AuditedPlatform } from "./filters.ts";
import { alertSettings } from "./settings.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** What the filters match, once it is known. */
export interface WatchedPlatform {
  readonly platform: pulumi.Output<AuditedPlatform>;
  /** IAM members of the coordinators. */
  readonly coordinators: pulumi.Output<string[]>;
}

/** Makes metrics and alert policies, by their keys in the runbook. */
export function alertPolicies(
  name: string,
  args: AuditTrailArgs & { readonly alerts: AuditAlerts },
  { platform, coordinators }: WatchedPlatform,
  parent: pulumi.Resource,
): Pick<AuditTrailResources, "alertPolicies" | "metrics"> {
  const settings = alertSettings(args.alerts);
  const watchesSigning = (args.coordinatorPrincipals ?? []).length > 0;
  const policy = (
    { key, title, severity, ...text }: CountedAlert | SingleAlert,
    condition: Omit<gcp.types.input.monitoring.AlertPolicyCondition, "displayName">,
    alertStrategy?: gcp.types.input.monitoring.AlertPolicyAlertStrategy,
  ) =>
    new gcp.monitoring.AlertPolicy(
      `${name}-${key}`,
      {
        project: args.projectId,
        displayName: `${name}: ${title}`,
        severity,
        combiner: "OR",
        conditions: [{ displayName: title, ...condition }],
        ...withoutUndefined({ alertStrategy }),
        documentation: {
          content: documentationOf({ key, title, severity, ...text }, settings.runbookUrl),
          mimeType: "text/markdown",
        },
        notificationChannels: pulumi.all(args.alerts.notificationChannels).apply((all) => sorted(all)),
        ...withoutUndefined({ userLabels: args.labels }),
      },
      { parent },
    );

  const counted = countedAlerts(settings).map((alert) => {
    const metric = new gcp.logging.Metric(
      `${name}-${alert.key}`,
      {
        project: args.projectId,
        description: alert.meaning,
        filter: platform.apply(alert.filter),
        metricDescriptor: { metricKind: "DELTA", valueType: "INT64", unit: "1" },
      },
      { parent },
    );
    const query = metric.name.apply((known) => countCondition(known, alert, settings.windowSeconds));
    // Google shows a new metric up to 10 minutes late, and refuses other conditions on it until then
    // (hashicorp/terraform-provider-google#11102).
    const condition = { query, evaluationInterval: "60s", disableMetricValidation: true };
    const made = policy(alert, { conditionPrometheusQueryLanguage: condition });
    return { key: alert.key, metric, policy: made };
  });
  const single = singleAlerts(watchesSigning).map((alert) => {
    const filter = pulumi.all([platform, coordinators]).apply((known) => alert.filter(...known));
    const period = `${settings.notificationIntervalSeconds}s`;
    return [
      alert.key,
      policy(
        alert,
        { conditionMatchedLog: { filter, labelExtractors: SHOWN } },
        { notificationRateLimit: { period } },
      ),
    ] as const;
  });
  return {
    alertPolicies: Object.fromEntries([...counted.map((one) => [one.key, one.policy] as const), ...single]),
    metrics: Object.fromEntries(counted.map(({ key, metric }) => [key, metric])),
  };
}

/** Fields of the log entry that a notification shows. */
const SHOWN = {
  method: "EXTRACT(protoPayload.methodName)",
  principal: "EXTRACT(protoPayload.authenticationInfo.principalEmail)",
} as const;
