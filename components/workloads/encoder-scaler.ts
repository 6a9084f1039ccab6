import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { pollerOf } from "./accounts.ts";
import { dependingOn, type DependsOn } from "../kubernetes/dependencies.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import type { WorkloadLabels } from "../kubernetes/labels.ts";
import type { QueueAccessResources } from "./encoder-pool-resources.ts";
import { queueTrust, queueTrustParameters } from "./queue-trust.ts";
import { jobSpec, queueTrigger, scaledJobSpec, scaledObjectSpec, type ScalingSettings } from "./scaling.ts";

/** KEDA's service account, by the name that its chart gives it. */
const KEDA_OPERATOR = "keda-operator";
const KEDA_API = "keda.sh/v1alpha1";
const RBAC_API = "rbac.authorization.k8s.io";

interface Surroundings {
  readonly name: string;
  readonly args: EncoderPoolArgs;
  readonly settings: ScalingSettings;
  readonly kubernetesName: string;
  readonly labels: WorkloadLabels;
  readonly parent: pulumi.Resource;
  /** KEDA above all: resources of its kinds are made after it and removed before it. */
  readonly dependsOn: DependsOn;
}

/** A resource of KEDA's, and how KEDA reads the queue for it. */
interface Scaler {
  readonly scaler: kubernetes.apiextensions.CustomResource;
  readonly access: QueueAccessResources;
}

/**
 * The service account with which KEDA reads the queue's length. It has no permissions: KEDA's tokens are valid for the
 * API server too, so the coordinator could use any permission that the account had.
 */
function queueAccess({
  name,
  args,
  kubernetesName,
  labels,
  parent,
  dependsOn,
}: Surroundings): QueueAccessResources {
  const poller = pollerOf(kubernetesName);
  const metadata = (one: string) => ({ name: one, namespace: args.namespace, labels: labels.all });
  const opts = { parent };
  const account = new kubernetes.core.v1.ServiceAccount(
    `${name}-poller`,
    { metadata: metadata(poller), automountServiceAccountToken: false },
    opts,
  );
  const role = new kubernetes.rbac.v1.Role(
    `${name}-poller-tokens`,
    {
      metadata: metadata(`${poller}-tokens`),
      rules: [
        {
          apiGroups: [""],
          resources: ["serviceaccounts/token"],
          resourceNames: [poller],
          verbs: ["create"],
        },
      ],
    },
    opts,
  );
  const binding = new kubernetes.rbac.v1.RoleBinding(
    `${name}-poller-tokens`,
    {
      metadata: metadata(`${poller}-tokens`),
      roleRef: { apiGroup: RBAC_API, kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: KEDA_OPERATOR, namespace: args.kedaNamespace ?? "keda" }],
    },
    opts,
  );
  const place = { namespace: args.namespace, kubernetesName, labels, parent };
  const trust = args.coordinatorCa === undefined ? undefined : queueTrust(name, args.coordinatorCa, place);
  const authentication = new kubernetes.apiextensions.CustomResource(
    `${name}-queue`,
    {
      apiVersion: KEDA_API,
      kind: "TriggerAuthentication",
      metadata: metadata(`${kubernetesName}-queue`),
      spec: {
        boundServiceAccountToken: [{ parameter: "token", serviceAccountName: account.metadata.name }],
        ...(trust && { configMapTargetRef: queueTrustParameters(trust) }),
      },
    },
    { parent, dependsOn: dependingOn(dependsOn, binding) },
  );
  return { serviceAccount: account, tokenRole: role, tokenBinding: binding, authentication, trust };
}

function scalerMetadata({ args, kubernetesName, labels, settings }: Surroundings) {
  return {
    name: kubernetesName,
    namespace: args.namespace,
    labels: labels.all,
    ...(settings.paused && { annotations: { "autoscaling.keda.sh/paused": "true" } }),
  };
}

/** Scales a Deployment with the number of queued and running jobs. */
export function scaledObject(surroundings: Surroundings, deployment: kubernetes.apps.v1.Deployment): Scaler {
  const { name, args, settings, parent, dependsOn } = surroundings;
  const access = queueAccess(surroundings);
  const { authentication } = access;
  const scaler = new kubernetes.apiextensions.CustomResource(
    name,
    {
      apiVersion: KEDA_API,
      kind: "ScaledObject",
      metadata: scalerMetadata(surroundings),
      spec: {
        ...scaledObjectSpec(deployment.metadata.name, settings),
        triggers: [
          queueTrigger(
            args.coordinatorUrl,
            "wanted",
            authentication.metadata.name,
            args.coordinatorCa !== undefined,
          ),
        ],
      },
    },
    { parent, dependsOn: dependingOn(dependsOn, authentication) },
  );
  return { scaler, access };
}

/** Creates a Job for each queued job; running jobs have one already. */
export function scaledJob(surroundings: Surroundings, template: Record<string, unknown>): Scaler {
  const { name, args, settings, parent, dependsOn } = surroundings;
  const access = queueAccess(surroundings);
  const { authentication } = access;
  const scaler = new kubernetes.apiextensions.CustomResource(
    name,
    {
      apiVersion: KEDA_API,
      kind: "ScaledJob",
      metadata: scalerMetadata(surroundings),
      spec: {
        ...scaledJobSpec(settings),
        jobTargetRef: { ...jobSpec(settings), template },
        triggers: [
          queueTrigger(
            args.coordinatorUrl,
            "queued",
            authentication.metadata.name,
            args.coordinatorCa !== undefined,
          ),
        ],
      },
    },
    { parent, dependsOn: dependingOn(dependsOn, authentication) },
  );
  return { scaler, access };
}
