import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { problems, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import {
  coordinatorSignerProblems,
  signerVariables,
  type CoordinatorSignerArgs,
} from "./coordinator-signer.ts";
import { environment } from "./environment.ts";
import { workloadLabels } from "./labels.ts";
import { LIMITS } from "./limits.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "./pod-security.ts";
import { httpProbe } from "./probe.ts";
import { uploadJobsProblems, uploadVariables, type UploadJobs } from "./upload-jobs.ts";
import { requirements, type ContainerResources } from "./resources.ts";

/** Name of the coordinators' Kubernetes service account, to which Google roles are granted. */
export const COORDINATOR_SERVICE_ACCOUNT = "coordinator";

/** Arguments of {@link Coordinator}. */
export interface CoordinatorArgs extends CoordinatorSignerArgs {
  /** Region that it runs in, e.g. `us-central1`. */
  readonly region: string;
  /** An existing namespace. */
  readonly namespace: pulumi.Input<string>;
  /** Image of the coordinator, best by digest. */
  readonly image: pulumi.Input<string>;
  /** Project id. */
  readonly projectId: pulumi.Input<string>;
  /** Bucket of job records, inputs and outputs. */
  readonly bucket: pulumi.Input<string>;
  /** Short name of the topic of job requests. */
  readonly jobsTopic: pulumi.Input<string>;
  /** Short name of the subscription to it. */
  readonly jobsSubscription: pulumi.Input<string>;
  /** Short name of the topic of job events. */
  readonly jobEventsTopic: pulumi.Input<string>;
  /** Resource name of the secret version that signs lease tokens; the same in every region. */
  readonly leaseSecretVersion: pulumi.Input<string>;
  /** Uploads that start jobs. @default none */
  readonly uploads?: UploadJobs;
  /** Seconds without a heartbeat until a job goes to another worker, 10 to 600. @default 60 */
  readonly leaseSeconds?: number;
  /** Validity of signed URLs in seconds, 60 to 43200. @default 900 */
  readonly urlTtlSeconds?: number;
  /** Attempts to encode a job before it fails, 1 to 100. @default 5 */
  readonly maxAttempts?: number;
  /** Jobs that each replica holds ready for workers, 1 to 1000. @default 4 */
  readonly backlog?: number;
  /** Prefix of job records in the bucket. @default ".mpegflow/jobs/" */
  readonly jobsPrefix?: string;
  /** Replicas, 1 to 100. @default 2 */
  readonly replicas?: number;
  /** @default 250m CPU, 512Mi memory */
  readonly resources?: ContainerResources;
  /** Name of Deployment, Service and the rest inside the namespace. @default "coordinator" */
  readonly kubernetesName?: string;
  /** Name of the Kubernetes service account to make. @default "coordinator" */
  readonly serviceAccountName?: string;
}

const PORT = 8080;
/** Seconds to answer what is under way and to hand back the jobs that no worker has taken. */
const GRACE_SECONDS = 30;

/**
 * The signing broker in one cluster: Deployment, Service, service account and disruption budget. It runs on any
 * Kubernetes whose provider is in the options; its configuration is its environment, and secrets are named there,
 * never contained.
 */
export class Coordinator extends pulumi.ComponentResource {
  /** Name of the Service inside its namespace. */
  readonly serviceName: pulumi.Output<string>;
  /** Where workers of the same cluster reach it: `http://coordinator.NAMESPACE.svc.cluster.local`. */
  readonly url: pulumi.Output<string>;
  /** Name of the Kubernetes service account. */
  readonly serviceAccountName: pulumi.Output<string>;

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: CoordinatorArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = settingsOf(args);
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
    const serviceAccount = new kubernetes.core.v1.ServiceAccount(
      name,
      {
        metadata: { ...metadata, name: settings.serviceAccountName },
        automountServiceAccountToken: false,
      },
      parent,
    );
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
            spec: {
              serviceAccountName: serviceAccount.metadata.name,
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              terminationGracePeriodSeconds: GRACE_SECONDS,
              securityContext: RESTRICTED_POD,
              topologySpreadConstraints: [
                {
                  maxSkew: 1,
                  topologyKey: "topology.kubernetes.io/zone",
                  whenUnsatisfiable: "ScheduleAnyway",
                  labelSelector: { matchLabels: labels.selector },
                },
              ],
              containers: [
                {
                  name: "coordinator",
                  image: args.image,
                  env: coordinatorEnvironment(args, settings),
                  ports: [{ name: "http", containerPort: PORT, protocol: "TCP" }],
                  // Starting includes reading two secrets; no verdict on life before that.
                  startupProbe: httpProbe("/healthz", { periodSeconds: 2, failureThreshold: 60 }),
                  livenessProbe: httpProbe("/healthz", { periodSeconds: 10, failureThreshold: 3 }),
                  readinessProbe: httpProbe("/readyz", { periodSeconds: 5, failureThreshold: 2 }),
                  resources: requirements(settings.resources),
                  securityContext: RESTRICTED_CONTAINER,
                },
              ],
            },
          },
        },
      },
      // The options' dependsOn is for the pods: they start only when what they are granted is there.
      { ...parent, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) },
    );
    const service = new kubernetes.core.v1.Service(
      name,
      {
        metadata,
        spec: {
          type: "ClusterIP",
          selector: labels.selector,
          ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
        },
      },
      // The provider waits for endpoints, of which there are none before the pods.
      { ...parent, dependsOn: deployment },
    );
    new kubernetes.policy.v1.PodDisruptionBudget(
      name,
      // Not minAvailable: with one replica that would never let a node be drained.
      { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: labels.selector } } },
      parent,
    );

    this.serviceName = service.metadata.name;
    this.url = pulumi.interpolate`http://${service.metadata.name}.${args.namespace}.svc.cluster.local`;
    this.serviceAccountName = serviceAccount.metadata.name;
    this.registerOutputs({
      serviceName: this.serviceName,
      url: this.url,
      serviceAccountName: this.serviceAccountName,
    });
  }
}

/** What is wrong with the arguments that are known before anything is made. */
export function coordinatorProblems(args: Partial<CoordinatorArgs>): Problem[] {
  const settings = settingsOf(args);
  return [
    ...wholeNumberProblems("leaseSeconds", settings.leaseSeconds, LIMITS.leaseSeconds),
    ...wholeNumberProblems("urlTtlSeconds", settings.urlTtlSeconds, LIMITS.urlTtlSeconds),
    ...wholeNumberProblems("maxAttempts", settings.maxAttempts, LIMITS.maxAttempts),
    ...wholeNumberProblems("backlog", settings.backlog, LIMITS.backlog),
    ...wholeNumberProblems("replicas", settings.replicas, LIMITS.coordinatorReplicas),
    ...prefixProblems(settings.jobsPrefix),
    ...uploadJobsProblems(args.uploads),
  ];
}

function prefixProblems(jobsPrefix: string): Problem[] {
  if (/^(?:[A-Za-z0-9._-]+\/)+$/.test(jobsPrefix)) return [];
  return [
    {
      path: "jobsPrefix",
      given: shown(jobsPrefix),
      allowed: "an object name prefix of A-Z a-z 0-9 . _ - and /, ending in /",
      fix: 'use one such as ".mpegflow/jobs/"',
    },
  ];
}

type Settings = ReturnType<typeof settingsOf>;

function settingsOf(args: Partial<CoordinatorArgs>) {
  return {
    leaseSeconds: args.leaseSeconds ?? LIMITS.leaseSeconds.default,
    urlTtlSeconds: args.urlTtlSeconds ?? LIMITS.urlTtlSeconds.default,
    maxAttempts: args.maxAttempts ?? LIMITS.maxAttempts.default,
    backlog: args.backlog ?? LIMITS.backlog.default,
    jobsPrefix: args.jobsPrefix ?? ".mpegflow/jobs/",
    replicas: args.replicas ?? LIMITS.coordinatorReplicas.default,
    resources: args.resources ?? { cpu: "250m", memory: "512Mi" },
    kubernetesName: args.kubernetesName ?? "coordinator",
    serviceAccountName: args.serviceAccountName ?? COORDINATOR_SERVICE_ACCOUNT,
  };
}

function coordinatorEnvironment(args: CoordinatorArgs, settings: Settings) {
  return environment({
    MPEGFLOW_REGION: args.region,
    MPEGFLOW_PROJECT: args.projectId,
    MPEGFLOW_BUCKET: args.bucket,
    MPEGFLOW_JOBS_TOPIC: args.jobsTopic,
    MPEGFLOW_JOBS_SUBSCRIPTION: args.jobsSubscription,
    MPEGFLOW_EVENTS_TOPIC: args.jobEventsTopic,
    ...signerVariables(args),
    MPEGFLOW_LEASE_SECRET: args.leaseSecretVersion,
    MPEGFLOW_PORT: String(PORT),
    MPEGFLOW_LEASE_SECONDS: String(settings.leaseSeconds),
    MPEGFLOW_URL_TTL_SECONDS: String(settings.urlTtlSeconds),
    MPEGFLOW_MAX_ATTEMPTS: String(settings.maxAttempts),
    MPEGFLOW_BACKLOG: String(settings.backlog),
    MPEGFLOW_JOBS_PREFIX: settings.jobsPrefix,
    ...uploadVariables(args.uploads),
  });
}
