import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { jobMessagingProblems } from "./events/index.ts";
import { brokerIdentityProblems } from "./identity/broker-identity-args.ts";
import type { BrokerHmacKey, SignerKind } from "./identity/index.ts";
import { principalProblems } from "./identity/principal.ts";
import { AccessPattern, type Placement } from "./placement/index.ts";
import { checkedArguments } from "./storage/arguments.ts";
import type { ArchiveLadder, MediaBucketArgs } from "./storage/index.ts";
import { below, InvalidArguments, shown, type Problem } from "./validation/index.ts";
import { clusterRegionProblems } from "./workloads/cluster-regions.ts";
import { coordinatorProblems } from "./workloads/coordinator.ts";
import { encoderPoolProblems } from "./workloads/encoder-pool.ts";
import type { ContainerResources } from "./workloads/index.ts";

/** One cluster of the platform. */
export interface PlatformCluster {
  /** A region of the placement, in lower case: `us-central1`. */
  readonly region: string;
  /** Provider of that cluster. */
  readonly provider: kubernetes.Provider;
}

/** Images of the two programs, best by digest. */
export interface PlatformImages {
  readonly coordinator: pulumi.Input<string>;
  readonly worker: pulumi.Input<string>;
}

/** What one encoder gets. */
export interface PlatformEncoders {
  /** Encoders per region, 0 to 1000. @default 1 */
  readonly replicas?: number;
  /** @default 4 CPU, 4Gi memory */
  readonly resources?: ContainerResources;
  /** Disk of one encoder, a Kubernetes quantity. @default "20Gi" */
  readonly scratch?: string;
}

/** Arguments of {@link MpegFlowPlatform}. */
export interface MpegFlowPlatformArgs {
  /** Where the bucket lives. Two clusters need a dual-region. */
  readonly placement: Placement;
  /** Project id. */
  readonly projectId: string;
  /** Project number. @default looked up */
  readonly projectNumber?: pulumi.Input<string>;
  /** One cluster, or two in the two regions of a dual-region. */
  readonly clusters: PlatformCluster[];
  readonly images: PlatformImages;
  /** Namespace of coordinators; encoders live in `${namespace}-encoders`. @default "mpegflow" */
  readonly namespace?: string;
  /** Coordinator replicas per region, 1 to 100. @default 2 */
  readonly coordinatorReplicas?: number;
  /** Encoders, the same in every region. */
  readonly encoders?: PlatformEncoders;
  /** Seconds without a heartbeat until a job goes to another worker, 10 to 600. @default 60 */
  readonly leaseSeconds?: number;
  /** Validity of signed URLs in seconds, 60 to 43200. @default 900 */
  readonly urlTtlSeconds?: number;
  /** Attempts to encode a job before it fails, 1 to 100. @default 5 */
  readonly maxAttempts?: number;
  /** Jobs that each coordinator holds ready for workers, 1 to 1000. @default 4 */
  readonly backlog?: number;
  /** How URLs are signed, SIGN_BLOB or HMAC: see {@link BrokerIdentity}. @default "SIGN_BLOB" */
  readonly signer?: SignerKind;
  /** Signs URLs for reading and for writing in the names of two accounts. @default false */
  readonly separateSigners?: boolean;
  /** HMAC keys of the signer by name. @default [{ name: "a", state: "ACTIVE" }] with HMAC, none with SIGN_BLOB */
  readonly hmacKeys?: BrokerHmacKey[];
  /** Name of the HMAC key that signs. @default the first ACTIVE one */
  readonly activeKey?: string;
  /** Ages at which objects move to colder storage classes. @default never */
  readonly archive?: ArchiveLadder;
  /** Name of the bucket, unique in all of Cloud Storage. @default made up from the component's name */
  readonly bucketName?: pulumi.Input<string>;
  /** Labels of bucket, topics, subscriptions and secrets. */
  readonly labels?: Record<string, string>;
  /** Lets everything be deleted: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
}

/** The arguments of the platform's bucket. */
export function bucketArguments(
  args: Omit<MpegFlowPlatformArgs, "clusters"> & { readonly clusters: readonly unknown[] },
): MediaBucketArgs {
  return {
    placement: args.placement,
    projectId: args.projectId,
    accessPattern: args.clusters.length === 2 ? AccessPattern.ActiveActive : AccessPattern.SingleWriter,
    ...(args.archive && { archive: args.archive }),
    ...(args.bucketName !== undefined && { bucketName: args.bucketName }),
    ...(args.labels && { labels: args.labels }),
    ...(args.disposable !== undefined && { disposable: args.disposable }),
  };
}

/**
 * What is wrong with the arguments, those passed on to the parts included: all of it is said before anything is
 * registered.
 */
export function platformProblems(name: string, args: MpegFlowPlatformArgs): Problem[] {
  const { coordinatorReplicas: replicas, placement } = args;
  const clusters = clusterRegionProblems(
    placement,
    args.clusters.map(({ region }) => region),
  );
  // A placement that the clusters cannot use is reported once: the bucket would say the same in its own words.
  const bucket = clusters.some(({ path }) => path === "placement") ? [] : bucketProblems(name, args);
  const coordinator = coordinatorProblems({ ...args, ...(replicas !== undefined && { replicas }) });
  return distinct([
    ...principalProblems({
      projectId: args.projectId,
      ...(typeof args.projectNumber === "string" && { projectNumber: args.projectNumber }),
      ...(args.namespace !== undefined && { namespace: args.namespace }),
    }),
    ...clusters,
    ...bucket,
    ...brokerIdentityProblems(brokerName(name), args).map((one) =>
      one.path.endsWith("ccountId") ? nameProblem(name, one) : one,
    ),
    ...jobMessagingProblems(name, args),
    ...coordinator.map((one) => (one.path === "replicas" ? { ...one, path: "coordinatorReplicas" } : one)),
    ...below("encoders", encoderPoolProblems(args.encoders ?? {})),
  ]);
}

/** The platform has no argument for the account's id: its name decides. */
function nameProblem(name: string, { given, allowed }: Problem): Problem {
  return {
    path: "name",
    given: shown(name),
    allowed: "2 to 16 characters of a-z, 0-9 and -, starting with a letter",
    because: `the signer's account id is made of it, ${given}, and has to be ${allowed}.`,
    fix: "give the platform another name",
  };
}

/** Name of the platform's {@link BrokerIdentity}; the signer's account id is made of it. */
export function brokerName(name: string): string {
  return `${name}-broker`;
}

function bucketProblems(name: string, args: MpegFlowPlatformArgs): readonly Problem[] {
  try {
    checkedArguments(name, bucketArguments(args));
    return [];
  } catch (error) {
    if (error instanceof InvalidArguments) return error.problems;
    throw error;
  }
}

/** Parts share arguments, so they report some problems twice. */
function distinct(found: readonly Problem[]): Problem[] {
  return found.filter((one, index) => found.findIndex(({ path }) => path === one.path) === index);
}
