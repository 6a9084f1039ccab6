import type * as pulumi from "@pulumi/pulumi";
import type { CoordinatorSignerArgs } from "./coordinator-signer.ts";
import type { CoordinatorTls } from "./coordinator-tls-args.ts";
import type { GoogleCredentials, SecretVariable } from "./credentials.ts";
import type { ContainerResources } from "../kubernetes/resources.ts";
import type { UploadJobs } from "./upload-jobs.ts";

/** A Kubernetes service account of the same cluster. */
export interface WorkloadAccount {
  /** The Kubernetes namespace that it is in. */
  readonly namespace: string;
  /** The Kubernetes service account's name. */
  readonly name: string;
}

/** Who may submit jobs over HTTP, with a token whose audience is the coordinator. */
export interface CoordinatorClients {
  /** Service accounts of the same cluster. Their namespaces may reach the coordinator. @default none */
  readonly serviceAccounts?: WorkloadAccount[];
  /** E-mail addresses of Google accounts, whose identity tokens are taken. @default none */
  readonly emails?: string[];
  /** Further ranges of addresses that may reach the coordinator, CIDR notation: a load balancer's. @default none */
  readonly ranges?: string[];
  /**
   * What some clients may name in their jobs. A client with a rule submits and sees jobs within its rules alone; one
   * without may name all that the coordinator serves. Requests on the topic are not clients'. @default no rule
   */
  readonly access?: ClientAccess[];
}

/**
 * What some clients may name in their jobs. A prefix is `FOLDER/` of the coordinator's own bucket, `/` for all of it, or
 * `gs://BUCKET/FOLDER/`, `s3://BUCKET/FOLDER/` or `r2://BUCKET/FOLDER/`; each ends in /.
 */
export interface ClientAccess {
  /** Of `clients.serviceAccounts`. @default none */
  readonly serviceAccounts?: WorkloadAccount[];
  /** Of `clients.emails`. @default none */
  readonly emails?: string[];
  /** Prefixes that their jobs may read. */
  readonly inputs: string[];
  /** Prefixes that their jobs may write below. */
  readonly outputs: string[];
  /**
   * Secrets with customer-supplied keys that their jobs may name, `projects/PROJECT/secrets/SECRET`, of those that the
   * coordinator reads (`MPEGFLOW_ENCRYPTION_KEY_SECRETS`). @default none
   */
  readonly keySecrets?: string[];
}

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
  /**
   * Short name of the subscription to requests that Pub/Sub has given up, `JobMessaging.jobsDeadLetterSubscription`:
   * coordinators bring their jobs back, and fail them in the end. @default dead letters are left for people
   */
  readonly deadLetterSubscription?: pulumi.Input<string>;
  /** Short name of the topic of job events. */
  readonly jobEventsTopic: pulumi.Input<string>;
  /** Resource name of the secret version that signs lease tokens; the same in every region. */
  readonly leaseSecretVersion: pulumi.Input<string>;
  /** Namespace of the encoders, who alone may lease jobs. @default the coordinator's own name and `-encoders` */
  readonly encoderNamespace?: pulumi.Input<string>;
  /** Names of the pools of encoders in it, as their `kubernetesName`. @default ["encoder"] */
  readonly encoderPools?: string[];
  /** Who may submit jobs over HTTP, in addition to publishers of the topic. @default nobody */
  readonly clients?: CoordinatorClients;
  /**
   * Prefixes that jobs may read, for all clients: `FOLDER/` of the coordinator's bucket, `/` for all of it, or
   * `gs://BUCKET/FOLDER/`, `s3://…`, `r2://…`; each ends in /. `clients.access` narrows it for a client.
   * @default all of the buckets that the coordinator serves
   */
  readonly inputPrefixes?: string[];
  /** Prefixes that jobs may write to, in the same form. @default all of the buckets that the coordinator serves */
  readonly outputPrefixes?: string[];
  /** How it proves who it is; it serves HTTPS in any case. @default an authority that the stack makes */
  readonly tls?: CoordinatorTls;
  /** Uploads that start jobs. @default none */
  readonly uploads?: UploadJobs;
  /** Seconds without a heartbeat until a job goes to another worker, 10 to 600. @default 60 */
  readonly leaseSeconds?: number;
  /** Validity of signed URLs in seconds, 60 to 43200. @default 900 */
  readonly urlTtlSeconds?: number;
  /** Attempts to encode a job before it fails, 1 to 100. @default 5 */
  readonly maxAttempts?: number;
  /**
   * Jobs that each replica holds ready for workers, 1 to 1000. Replicas together best hold at most twice the encoders
   * of their region: what they hold the other region cannot take.
   * @default 4
   */
  readonly backlog?: number;
  /** Prefix of job records in the bucket. @default ".mpegflow/jobs/" */
  readonly jobsPrefix?: string;
  /** Replicas, 1 to 100. @default 2 */
  readonly replicas?: number;
  /**
   * What each replica asks for and may use.
   * @default 250m CPU, 512Mi memory
   */
  readonly resources?: ContainerResources;
  /** Labels that its nodes have to have. @default any node */
  readonly nodeSelector?: Record<string, string>;
  /** Name of an existing PriorityClass. @default the cluster's default */
  readonly priorityClassName?: pulumi.Input<string>;
  /** Namespace of KEDA, which asks for the length of the queue. @default "keda" */
  readonly kedaNamespace?: string;
  /** Lets Google's Managed Service for Prometheus collect its metrics. It needs GKE. @default false */
  readonly managedPrometheus?: boolean;
  /**
   * Range of the API server's addresses, CIDR notation, at ports 443 and 6443: those of the endpoints of the Service
   * `kubernetes`. @default private addresses
   */
  readonly apiServerRange?: pulumi.Input<string>;
  /**
   * Ranges of Google's APIs and of other storage hosts, CIDR notation, at port 443: each a /8 or smaller, together
   * at most a /16 of private and a /6 of public addresses.
   * @default those of `private.googleapis.com` and `restricted.googleapis.com`, unless there are googleHosts or publicEgress
   */
  readonly googleRanges?: string[];
  /**
   * Names of Google's APIs and of other storage hosts, at port 443, `*.` in front for any one label, beside googleRanges.
   * It needs GKE's Dataplane V2 with policies by domain name, which `EncoderCluster` has. @default ranges
   */
  readonly googleHosts?: string[];
  /**
   * Lets it out to every public address at port 443: metadata servers, but for its own identity, and private addresses
   * stay out of reach. @default false
   */
  readonly publicEgress?: boolean;
  /**
   * Its Google identity where Workload Identity Federation for GKE is not: on EKS or a cluster of your own.
   * @default that of its service account, by the metadata server
   */
  readonly googleCredentials?: GoogleCredentials;
  /** Variables from Kubernetes Secrets, such as keys of a store that is not Google's. @default none */
  readonly secretVariables?: SecretVariable[];
  /** Further variables, no secrets. @default none */
  readonly variables?: Record<string, pulumi.Input<string>>;
  /** Name of Deployment, Service and the rest inside the namespace. @default "coordinator" */
  readonly kubernetesName?: string;
  /** Name of the Kubernetes service account to make. @default "coordinator" */
  readonly serviceAccountName?: string;
}
