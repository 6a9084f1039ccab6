import type * as pulumi from "@pulumi/pulumi";
import type { EncoderInput } from "./encoder-input.ts";
import type { EncoderIsolation } from "./encoder-isolation.ts";
import type { ContainerResources } from "../kubernetes/resources.ts";
import type { EncoderScaling } from "./scaling.ts";

/** Keeps pods on nodes that carry a taint. */
export interface Toleration {
  /** The taint's key. */
  readonly key: string;
  /**
   * The taint's value.
   * @default any value
   */
  readonly value?: string;
  /** NoSchedule, PreferNoSchedule or NoExecute. @default every effect */
  readonly effect?: string;
}

/** Which nodes encoders run on. */
export interface EncoderPlacement {
  /**
   * Names of node pools of an `EncoderCluster`, best first: encoders go to the later ones only where the earlier have
   * no room. @default any node without a taint
   */
  readonly nodePools?: string[];
  /**
   * The nodes are Spot machines: encoders get no longer grace than these give. With `nodePools` the pools say where,
   * without them GKE's label does. @default false
   */
  readonly spot?: boolean;
  /**
   * Seconds of notice that the Spot nodes give, 30 to 120: 15 of them are for system pods. More than 30 needs a pool
   * with the same `spotNoticeSeconds`. @default 30
   */
  readonly spotNoticeSeconds?: number;
  /** GPUs of each encoder, 1 to 8. @default none */
  readonly gpus?: number;
  /** Arm machines; the image has to have a variant for them. @default false */
  readonly arm?: boolean;
  /** Runs encoders in gVisor, on nodes that have it: one more wall around a decoder of hostile media. @default false */
  readonly gvisor?: boolean;
  /** Further labels that the nodes have to have. @default none */
  readonly nodeSelector?: Record<string, string>;
  /** Further taints to bear. @default none */
  readonly tolerations?: Toleration[];
}

/** Arguments of {@link EncoderPool}. */
export interface EncoderPoolArgs {
  /** Region that it runs in, e.g. `us-central1`. */
  readonly region: string;
  /** An existing namespace, best a separate one: encoders parse hostile media. */
  readonly namespace: pulumi.Input<string>;
  /** Image of the worker with ffmpeg and ffprobe, best by digest. */
  readonly image: pulumi.Input<string>;
  /** The coordinator of the same cluster, as `Coordinator.url` gives it. */
  readonly coordinatorUrl: pulumi.Input<string>;
  /**
   * Certificates of those who vouch for the coordinator, in PEM, as `Coordinator.caCertificate` gives them: workers and
   * KEDA trust these and nobody else. @default the authorities that the worker's Node.js knows
   */
  readonly coordinatorCa?: pulumi.Input<string>;
  /**
   * Permits a coordinator by `http://`: tokens, signed URLs and customer-supplied keys then cross the pod network in clear,
   * unless a service mesh encrypts it. @default false
   */
  readonly plaintextCoordinator?: boolean;
  /** Workers, each encoding one job at a time, 0 to 1000, where nothing scales them. @default 1 */
  readonly replicas?: number;
  /** How the pool scales with the queue. @default it does not */
  readonly scaling?: EncoderScaling;
  /**
   * What each encoder asks for and may use.
   * @default 4 CPU, 4Gi memory
   */
  readonly resources?: ContainerResources;
  /**
   * Disk for the input and outputs of one job, a Kubernetes quantity.
   * @default "20Gi"; "10Gi" in a platform's own clusters in Autopilot, which gives no more on the node
   */
  readonly scratch?: pulumi.Input<string>;
  /**
   * StorageClass of a volume that each encoder gets for itself instead of a share of its node's disk.
   * @default the node's disk, or its local SSDs where the node pool has them
   */
  readonly scratchStorageClass?: string;
  /**
   * Encoding profiles beside those that come with the worker, as YAML by name, at most 1 MiB in all; one of the same
   * name takes the built-in's place. A change of them changes the pods; a Job that runs keeps its own.
   * @default those of the worker's image
   */
  readonly profiles?: Record<string, string>;
  /** How encoders read their inputs: AUTO, STREAM or DOWNLOAD. @default "AUTO" */
  readonly input?: EncoderInput;
  /**
   * Part of a bucket's request rates that each worker may start with, 0.0001 to 1: best 1 over the number of workers
   * that share the bucket, those of other regions included.
   * @default 1 over the most workers of the pool, 0.05 at most; in a platform 1 over the most workers of all regions
   */
  readonly paceShare?: number;
  /**
   * Whether ffmpeg is kept from the worker's token and memory and from other jobs' files: AUTO does that on
   * nodes whose kernel has Landlock, and elsewhere says in the worker's log that it does not. With REQUIRED no worker
   * starts there; nodes with gVisor, which has no Landlock, cannot have it.
   * @default "AUTO"
   */
  readonly isolation?: EncoderIsolation;
  /** Which nodes encoders run on. @default any */
  readonly placement?: EncoderPlacement;
  /**
   * Seconds between SIGTERM and SIGKILL, 1 to 86400: what a worker has to end its job, or to hand it back in the last
   * 10 of them. On Spot nodes at most what they give ordinary pods, 15.
   * @default 30, and 15 on Spot nodes
   */
  readonly terminationGraceSeconds?: number;
  /** Name of an existing PriorityClass. @default the cluster's default */
  readonly priorityClassName?: pulumi.Input<string>;
  /**
   * Ranges of the storage hosts' addresses, CIDR notation, at port 443: each a /8 or smaller, together at most
   * a /16 of private and a /6 of public addresses.
   * @default those of `private.googleapis.com` and `restricted.googleapis.com`, unless there are storageHosts or publicEgress
   */
  readonly storageRanges?: string[];
  /**
   * Names of the storage hosts, at port 443, `*.` in front for any one label: lets encoders out to these beside
   * storageRanges. It needs GKE's Dataplane V2 with policies by domain name, which `EncoderCluster` has.
   * Source: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies
   * @default ranges
   */
  readonly storageHosts?: string[];
  /**
   * Lets encoders out to every public address at port 443, for stores whose addresses nobody can name: metadata servers
   * and private addresses stay out of reach. The policy `workers-reach-named-hosts` reports it. @default false
   */
  readonly publicEgress?: boolean;
  /**
   * Ranges of a coordinator's addresses outside the cluster, CIDR notation, at its port: its load balancer's. Such a
   * coordinator needs them, or `coordinatorByName`. @default the address in coordinatorUrl, where it has one
   */
  readonly coordinatorRanges?: string[];
  /**
   * Lets encoders out to a coordinator outside the cluster by its host's name instead of ranges. It needs what
   * storageHosts need. @default false
   */
  readonly coordinatorByName?: boolean;
  /** Namespace of KEDA. @default "keda" */
  readonly kedaNamespace?: string;
  /** Name of Deployment or ScaledJob, of the service account and the rest inside the namespace. @default "encoder" */
  readonly kubernetesName?: string;
}
