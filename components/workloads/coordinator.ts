import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { problems, shown, requireArguments } from "../validation/index.ts";
import { coordinatorPolicies, podMonitoring, tokenReviews } from "./coordinator-access.ts";
import type { CoordinatorArgs } from "./coordinator-args.ts";
import { coordinatorProblems } from "./coordinator-checks.ts";
import {
  COORDINATOR_PORT,
  coordinatorSettings,
  coordinatorVariables,
  PLAINTEXT_PORT,
  type CoordinatorSettings,
} from "./coordinator-settings.ts";
import type { CoordinatorResources } from "./coordinator-resources.ts";
import { coordinatorAuthority, tlsVolume } from "./coordinator-tls.ts";
import { coordinatorSignerProblems } from "./coordinator-signer.ts";
import { googleCredentialsVolume, secretEnvironment } from "./credentials.ts";
import { dependingOn, present } from "../kubernetes/dependencies.ts";
import { environment, fieldVariable } from "./environment.ts";
import { workloadLabels, type WorkloadLabels } from "../kubernetes/labels.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../kubernetes/pod-security.ts";
import { httpsProbe } from "../kubernetes/probe.ts";
import { apiAccess } from "./projected-token.ts";
import { requirements } from "../kubernetes/resources.ts";
import { madeResources } from "../properties/made-resources.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Seconds to answer what is under way and to hand back the jobs that no worker has taken. */
const GRACE_SECONDS = 30;

const made = madeResources<CoordinatorResources>();

/**
 * The signing broker in one cluster: Deployment, Service, service account, disruption budget, network policy, and the
 * right to ask the API server whose a token is. It runs on any Kubernetes whose provider is in the options; its
 * configuration is its environment, and secrets are named there, never contained.
 */
export class Coordinator extends pulumi.ComponentResource {
  /** Name of the Service inside its namespace. */
  readonly serviceName: pulumi.Output<string>;
  /** URL for workers of the same cluster: `https://coordinator.NAMESPACE.svc.cluster.local`. */
  readonly url: pulumi.Output<string>;
  /** Certificates of the authorities that vouch for it, in PEM: what its workers and clients have to trust. */
  readonly caCertificate: pulumi.Output<string>;
  /** Name of the Kubernetes service account. */
  readonly serviceAccountName: pulumi.Output<string>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): CoordinatorResources {
    return made.of(this);
  }

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: CoordinatorArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`Coordinator ${shown(name)}`, args, {
      region: "value",
      namespace: "value",
      image: "value",
      projectId: "value",
      bucket: "value",
      jobsTopic: "value",
      jobsSubscription: "value",
      jobEventsTopic: "value",
      leaseSecretVersion: "value",
    });
    const settings = coordinatorSettings(args);
    const found = problems();
    found.addAll([...coordinatorSignerProblems(args), ...coordinatorProblems(args)]);
    found.throwIfAny(`Coordinator ${shown(name)}`);
    super("mpegflow-gcs:index:Coordinator", name, args, opts);

    const parent = { parent: this };
    const labels = workloadLabels(settings.kubernetesName, "coordinator");
    const metadata = {
      name: settings.kubernetesName,
      namespace: args.namespace,
      labels: labels.all,
    };
    const surroundings = { name, args, settings, labels, parent: this };
    const serviceAccount = new kubernetes.core.v1.ServiceAccount(
      name,
      {
        metadata: { ...metadata, name: settings.serviceAccountName },
        automountServiceAccountToken: false,
      },
      parent,
    );
    const reviews = tokenReviews(surroundings, serviceAccount.metadata.name);
    const policies = coordinatorPolicies(surroundings);
    const monitoring = settings.managedPrometheus ? podMonitoring(surroundings) : undefined;
    const authority = coordinatorAuthority({ ...surroundings, kubernetesName: settings.kubernetesName });
    const deployment = new kubernetes.apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          replicas: settings.replicas,
          selector: { matchLabels: labels.selector },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          template: {
            metadata: { labels: labels.all },
            spec: podSpec(args, settings, labels, {
              serviceAccountName: serviceAccount.metadata.name,
              tlsSecretName: authority.secretName,
            }),
          },
        },
      },
      // The options' dependsOn is for the pods: they start only when what they are granted is there.
      {
        ...parent,
        dependsOn: dependingOn(opts?.dependsOn, reviews.tokenReviewBinding, ...present(policies)),
      },
    );
    const service = new kubernetes.core.v1.Service(
      name,
      {
        metadata,
        spec: {
          type: "ClusterIP",
          selector: labels.selector,
          ports: [
            { name: "https", port: 443, targetPort: "https", protocol: "TCP" },
            ...(settings.plaintext ? [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }] : []),
          ],
        },
      },
      // The provider waits for endpoints, of which there are none before the pods.
      { ...parent, dependsOn: deployment },
    );
    const disruptionBudget = new kubernetes.policy.v1.PodDisruptionBudget(
      name,
      // Not minAvailable: with one replica that would never let a node be drained.
      { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: labels.selector } } },
      parent,
    );

    made.keep(this, {
      deployment,
      service,
      serviceAccount,
      disruptionBudget,
      ...policies,
      ...reviews,
      podMonitoring: monitoring,
      ...authority.resources,
    });

    this.serviceName = service.metadata.name;
    this.url = pulumi.interpolate`https://${service.metadata.name}.${args.namespace}.svc.cluster.local`;
    this.caCertificate = authority.caCertificate;
    this.serviceAccountName = serviceAccount.metadata.name;
    this.registerOutputs({
      serviceName: this.serviceName,
      url: this.url,
      caCertificate: this.caCertificate,
      serviceAccountName: this.serviceAccountName,
    });
  }
}

function podSpec(
  args: CoordinatorArgs,
  settings: CoordinatorSettings,
  labels: WorkloadLabels,
  names: { readonly serviceAccountName: pulumi.Input<string>; readonly tlsSecretName: pulumi.Input<string> },
) {
  const { kubernetesName } = settings;
  const tls = tlsVolume({ args, kubernetesName }, names.tlsSecretName);
  const google = args.googleCredentials && googleCredentialsVolume(args.googleCredentials);
  return {
    serviceAccountName: names.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: RESTRICTED_POD,
    ...withoutUndefined({ nodeSelector: args.nodeSelector, priorityClassName: args.priorityClassName }),
    // A zone may be lost, and so may a node: replicas share neither where that can be had.
    topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
      (topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: labels.selector },
      }),
    ),
    containers: [
      {
        name: "coordinator",
        image: args.image,
        env: [
          fieldVariable("MPEGFLOW_POD_IPS", "status.podIPs"),
          ...environment({
            ...coordinatorVariables(args, settings),
            ...tls.variables,
            ...google?.variables,
            ...args.variables,
          }),
          ...secretEnvironment(args.secretVariables ?? []),
        ],
        ports: [
          { name: "https", containerPort: COORDINATOR_PORT, protocol: "TCP" },
          ...(settings.plaintext ? [{ name: "http", containerPort: PLAINTEXT_PORT, protocol: "TCP" }] : []),
        ],
        // Starting includes reading two secrets; no verdict on life before that.
        startupProbe: httpsProbe("/healthz", { periodSeconds: 2, failureThreshold: 60 }),
        livenessProbe: httpsProbe("/healthz", { periodSeconds: 10, failureThreshold: 3 }),
        readinessProbe: httpsProbe("/readyz", { periodSeconds: 5, failureThreshold: 2 }),
        resources: requirements(settings.resources),
        securityContext: RESTRICTED_CONTAINER,
        volumeMounts: [apiAccess.mount, tls.mount, ...(google ? [google.mount] : [])],
      },
    ],
    volumes: [apiAccess.volume, tls.volume, ...(google ? [google.volume] : [])],
  };
}
