import type { GivenResource } from "../../../../testing/index.ts";

/** One stack and what one policy has to find in it. */
export interface Case {
  readonly policy: string;
  readonly title: string;
  readonly resources: readonly GivenResource[];
  /** The policy's configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The stack's name. @default "prod" */
  readonly stack?: string;
  /** First line of each violation, whole; none where the stack passes. */
  readonly found: readonly string[];
  /** Whether the policy has to say that it cannot tell yet. @default false */
  readonly undecided?: boolean;
}

type Props = Readonly<Record<string, unknown>>;
type More = Partial<Omit<GivenResource, "type" | "name" | "props">>;

const of =
  (type: string) =>
  (name: string, props: Props = {}, more: More = {}): GivenResource => ({ type, name, props, ...more });

/** A bucket that breaks no rule but those it is changed to break. */
export const bucket = (name = "media", props: Props = {}, more: More = {}): GivenResource => ({
  type: "gcp:storage/bucket:Bucket",
  name,
  props: {
    name,
    location: "NAM4",
    rpo: "ASYNC_TURBO",
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    lifecycleRules: [{ action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } }],
    ...props,
  },
  ...more,
});

export const bucketGrant = of("gcp:storage/bucketIAMMember:BucketIAMMember");
export const projectGrant = of("gcp:projects/iAMMember:IAMMember");
export const secretGrant = of("gcp:secretmanager/secretIamMember:SecretIamMember");
export const topicGrant = of("gcp:pubsub/topicIAMMember:TopicIAMMember");
export const subscriptionGrant = of("gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember");
export const topic = of("gcp:pubsub/topic:Topic");
export const subscription = of("gcp:pubsub/subscription:Subscription");
export const cluster = of("gcp:container/cluster:Cluster");
export const nodePool = of("gcp:container/nodePool:NodePool");
export const hmacKey = of("gcp:storage/hmacKey:HmacKey");
export const secret = of("gcp:secretmanager/secret:Secret");
export const secretVersion = of("gcp:secretmanager/secretVersion:SecretVersion");
export const backendBucket = of("gcp:compute/backendBucket:BackendBucket");
export const transferJob = of("gcp:storage/transferJob:TransferJob");
export const auditConfig = of("gcp:projects/iAMAuditConfig:IAMAuditConfig");
export const sink = of("gcp:logging/projectSink:ProjectSink");
export const service = of("gcp:cloudrunv2/service:Service");
export const account = of("gcp:serviceaccount/account:Account");
export const customRole = of("gcp:projects/iAMCustomRole:IAMCustomRole");
export const s3Bucket = of("aws:s3/bucket:Bucket");
export const publicAccessBlock = of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
export const kubernetesAccount = of("kubernetes:core/v1:ServiceAccount");
export const kubernetesSecret = of("kubernetes:core/v1:Secret");
export const networkPolicy = of("kubernetes:networking.k8s.io/v1:NetworkPolicy");
export const any = of;

/** A provider of a cluster of its own. */
export function providerOf(
  name: string,
  kubeconfig: unknown = `clusters: [{ cluster: { server: "https://${name}" } }]`,
): NonNullable<GivenResource["provider"]> {
  return { type: "pulumi:providers:kubernetes", name, props: { kubeconfig } };
}

/** Resources by the provider of one cluster, unless they have their own. */
export const inCluster = (name: string, resources: readonly GivenResource[]): GivenResource[] =>
  resources.map((resource) => ({ provider: providerOf(name), ...resource }));

/** A Deployment whose pods run as `account`. */
export function deployment(
  name: string,
  {
    account = name,
    namespace = "media",
    env = {},
    spec = {},
  }: {
    account?: string;
    namespace?: string;
    env?: Readonly<Record<string, string>>;
    spec?: Props;
  } = {},
  more: More = {},
): GivenResource {
  const labels = { "app.kubernetes.io/name": name };
  return {
    type: "kubernetes:apps/v1:Deployment",
    name,
    props: {
      metadata: { name, namespace },
      spec: {
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: account,
            containers: [
              { name: "main", env: Object.entries(env).map(([key, value]) => ({ name: key, value })) },
            ],
            ...spec,
          },
        },
      },
    },
    ...more,
  };
}

/** The member that names a Kubernetes service account. */
export function principal(namespace: string, account: string): string {
  return `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/${namespace}/sa/${account}`;
}

/** The member that names a set of them. */
export function principalSet(rest: string): string {
  return `principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/${rest}`;
}
