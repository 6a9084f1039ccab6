import { z } from "zod";
import { ClusterMode, EncoderScalingKind, GoogleApis, ReleaseChannel } from "../../components/index.ts";
import { count, inPlace, json, object, regionName, setting, text, texts, yes } from "../codecs.ts";

/** What of a cluster changes hands when it is another one. */
const WORKLOADS = [
  ...["ClusterRole", "ClusterRoleBinding", "ConfigMap", "Deployment", "Kubernetes Secret", "Namespace"],
  ...["NetworkPolicy", "PodDisruptionBudget", "PriorityClass", "Service", "ServiceAccount"],
];

const nodePool = object({
  name: text("1 to 20 characters of a-z, 0-9 and -"),
  machineType: text("a machine type such as c3d-standard-16"),
  spot: yes.exactOptional(),
  spotNoticeSeconds: count.exactOptional(),
  minNodes: count.exactOptional(),
  maxNodes: count,
  diskSizeGb: count.exactOptional(),
  localSsdCount: count.exactOptional(),
  gpu: object({ type: text("a GPU such as nvidia-l4"), count: count.exactOptional() }).exactOptional(),
  gvisor: yes.exactOptional(),
  zones: texts("a zone of the region").exactOptional(),
});

/** A time without quotes the engine hands over in another form. */
const timeAllowed = 'a time, in quotes: "2026-01-03T02:00:00Z"';
const time = z
  .string({ error: timeAllowed })
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/, { error: timeAllowed });

const range = text("a range of addresses such as 10.0.0.0/20");
const account = object({ namespace: text("a namespace"), name: text("a service account's name") });
const prefix = "a prefix such as ingest/";

/** Keys of the clusters that encoders run in. */
export const CLUSTER_SETTINGS = {
  clusters: setting(
    {
      type: "list",
      meaning:
        "The Kubernetes clusters: one, or one in each region of a dual-region. Without contexts the stack makes them, as `ownClusters` says. apiServerRange is where pods reach its API server, unless that is a private address.",
      allowed: "a list of objects with region, context, apiServerRange",
      example: "[{ region: us-central1, context: my-cluster }]",
      effect: { kind: "replaces", of: WORKLOADS },
    },
    json(
      z.array(
        object({
          region: regionName,
          context: text("the name of a context of the kubeconfig file").exactOptional(),
          apiServerRange: range.exactOptional(),
        }),
      ),
    ),
  ),
  ownClusters: setting(
    {
      type: "object",
      meaning: "The clusters that the stack makes, in every region alike, with their network.",
      allowed:
        "an object with mode, encoderPools, systemPool, releaseChannel, maintenanceWindow, reachableFromOutside, binaryAuthorization, imageRepositories, backup, network",
      default: "none: clusters are there",
      example: "{ encoderPools: [{ name: spot, machineType: c3d-standard-16, maxNodes: 20 }] }",
      effect: {
        kind: "replaces",
        of: [
          ...WORKLOADS,
          "BucketIAMMember",
          "SecretIamMember",
          "SubscriptionIAMMember",
          "TopicIAMMember",
        ].toSorted(),
        adds: [
          ...["Account", "Cluster", "Firewall", "IAMMember", "ManagedZone", "Network", "NodePool"],
          ...["PodMonitoring", "RecordSet", "Route", "Subnetwork"],
        ],
      },
    },
    json(
      object({
        mode: z.enum(ClusterMode, { error: Object.values(ClusterMode).join(" or ") }).exactOptional(),
        encoderPools: z.array(nodePool, { error: "a list" }).exactOptional(),
        systemPool: object({
          machineType: text("a machine type such as e2-standard-4").exactOptional(),
          minNodesPerZone: count.exactOptional(),
          maxNodesPerZone: count.exactOptional(),
        }).exactOptional(),
        releaseChannel: z
          .enum(ReleaseChannel, { error: Object.values(ReleaseChannel).join(", ") })
          .exactOptional(),
        maintenanceWindow: object({
          startTime: time,
          endTime: time,
          recurrence: text("a rule such as FREQ=WEEKLY;BYDAY=SA,SU"),
        }).exactOptional(),
        reachableFromOutside: yes.exactOptional(),
        binaryAuthorization: yes.exactOptional(),
        imageRepositories: z
          .array(
            object({
              location: text("a location of Artifact Registry such as us"),
              repository: text("the repository's name"),
              projectId: text("a project id").exactOptional(),
            }),
          )
          .exactOptional(),
        backup: object({
          schedule: text("when, such as 0 3 * * *"),
          retainDays: count.exactOptional(),
        }).exactOptional(),
        network: object({
          googleApis: z.enum(GoogleApis, { error: Object.values(GoogleApis).join(" or ") }).exactOptional(),
          cloudNat: yes.exactOptional(),
          flowLogSampling: count.exactOptional(),
          ranges: z
            .array(
              object({
                region: regionName,
                block: count.exactOptional(),
                nodeRange: range.exactOptional(),
                podRange: range.exactOptional(),
                serviceRange: range.exactOptional(),
                controlPlaneRange: range.exactOptional(),
              }),
            )
            .exactOptional(),
        }).exactOptional(),
      }),
    ).optional(),
  ),
  egress: setting(
    {
      type: "object",
      meaning:
        "Where coordinators and workers may connect to, at port 443, beside Google's APIs and buckets at their private addresses: ranges of addresses, names of hosts, which need GKE's Dataplane V2 with policies by domain name, or publicAddresses, every public address.",
      allowed: "an object with ranges, hosts, publicAddresses",
      default: "nowhere",
      example: "{ hosts: [partner-masters.s3.us-east-1.amazonaws.com] }",
      effect: { kind: "adds or removes", of: ["FQDNNetworkPolicy"] },
    },
    json(
      object({
        ranges: z.array(range, { error: "a list" }).exactOptional(),
        hosts: texts("a host's name such as storage.googleapis.com").exactOptional(),
        publicAddresses: yes.exactOptional(),
      }),
    ).optional(),
  ),
  keda: setting(
    {
      type: "object",
      meaning:
        "KEDA in the clusters, which comes with `scaling` unless it is installed. A network without a way to the internet needs imageRegistry.",
      allowed:
        "an object with installed, namespace, imageRegistry, chartRepository, chartVersion, replicas, apiServerRange",
      default: "its chart, from its own repository",
      example: "{ imageRegistry: us-docker.pkg.dev/my-project/ghcr }",
      effect: inPlace("NetworkPolicy"),
    },
    json(
      object({
        installed: yes.exactOptional(),
        namespace: text("the name of a namespace").exactOptional(),
        imageRegistry: text("a registry such as us-docker.pkg.dev/my-project/ghcr").exactOptional(),
        chartRepository: text("the address of a Helm repository").exactOptional(),
        chartVersion: text("a version from 2.20.2 on").exactOptional(),
        replicas: count.exactOptional(),
        apiServerRange: range.exactOptional(),
      }),
    ).optional(),
  ),
} as const;

/** Keys of how many workers there are, and where. */
export const SCALING_SETTINGS = {
  scaling: setting(
    {
      type: "object",
      meaning:
        "How workers grow and shrink with the queue: SCALED_OBJECT keeps them warm between jobs, SCALED_JOB starts one for each job, and ends none that works.",
      allowed:
        "an object with kind, minReplicas, maxReplicas, pollingSeconds, cooldownSeconds, deadlineSeconds, idleSeconds, paused",
      default: "as many as workerReplicas",
      example: "{ kind: SCALED_JOB, maxReplicas: 40 }",
      effect: {
        kind: "adds or removes",
        of: [
          ...["ConfigMap", "Namespace", "NetworkPolicy", "PrivateKey", "Release", "Role", "RoleBinding"],
          ...["ScaledObject", "SelfSignedCert", "ServiceAccount", "TriggerAuthentication"],
        ],
      },
    },
    json(
      object({
        kind: z.enum(EncoderScalingKind, { error: Object.values(EncoderScalingKind).join(", ") }),
        minReplicas: count.exactOptional(),
        maxReplicas: count.exactOptional(),
        pollingSeconds: count.exactOptional(),
        cooldownSeconds: count.exactOptional(),
        deadlineSeconds: count.exactOptional(),
        idleSeconds: count.exactOptional(),
        paused: yes.exactOptional(),
      }),
    ).optional(),
  ),
  workerPlacement: setting(
    {
      type: "object",
      meaning: "Which nodes workers run on.",
      allowed:
        "an object with nodePools, spot, spotNoticeSeconds, gpus, arm, gvisor, nodeSelector, tolerations",
      default: "the node pools of `ownClusters`, the first one first; without them any node",
      example: "{ nodePools: [spot, long] }",
      effect: inPlace("Deployment"),
    },
    json(
      object({
        nodePools: texts("the name of a node pool").exactOptional(),
        spot: yes.exactOptional(),
        spotNoticeSeconds: count.exactOptional(),
        gpus: count.exactOptional(),
        arm: yes.exactOptional(),
        gvisor: yes.exactOptional(),
        nodeSelector: z.record(z.string(), z.string({ error: "a text, quoted" })).exactOptional(),
        tolerations: z
          .array(
            object({
              key: text("a taint's key"),
              value: text("its value").exactOptional(),
              effect: text("NoSchedule, PreferNoSchedule or NoExecute").exactOptional(),
            }),
          )
          .exactOptional(),
      }),
    ).optional(),
  ),
  clients: setting(
    {
      type: "object",
      meaning: "Who may submit jobs over HTTP, beside those who may publish to the topic.",
      allowed: "an object with serviceAccounts, emails, ranges, access",
      default: "nobody",
      example: "{ serviceAccounts: [{ namespace: cms, name: publisher }] }",
      effect: inPlace("Deployment", "NetworkPolicy"),
    },
    json(
      object({
        serviceAccounts: z.array(account).exactOptional(),
        emails: texts("the e-mail address of a Google account").exactOptional(),
        ranges: z.array(range).exactOptional(),
        access: z
          .array(
            object({
              serviceAccounts: z.array(account).exactOptional(),
              emails: texts("the e-mail address of a Google account").exactOptional(),
              inputs: texts(prefix),
              outputs: texts(prefix),
              keySecrets: texts("projects/PROJECT/secrets/SECRET").exactOptional(),
            }),
            { error: "a list" },
          )
          .exactOptional(),
      }),
    ).optional(),
  ),
  inputPrefixes: setting(
    {
      type: "list",
      meaning:
        "Prefixes that jobs may read, for all clients: FOLDER/ of the platform's bucket, / for all of it, or gs://BUCKET/FOLDER/. Each ends in /.",
      allowed: prefix,
      default: "all of the bucket",
      example: "[mezzanines/]",
      effect: inPlace("Deployment"),
    },
    json(texts(prefix)).optional(),
  ),
  outputPrefixes: setting(
    {
      type: "list",
      meaning: "What any job may write below, in the same words.",
      allowed: prefix,
      default: "all of the bucket",
      example: "[outputs/]",
      effect: inPlace("Deployment"),
    },
    json(texts(prefix)).optional(),
  ),
} as const;
