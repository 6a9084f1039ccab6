import { parse } from "yaml";
import { z } from "zod";

/** What the picture shows of a platform, as its stack's preview declares it. */
export interface PlatformGraph {
  readonly regions: readonly RegionGraph[];
  readonly bucket: { readonly location: string; readonly turbo: boolean; readonly encrypted: boolean };
  readonly jobs: { readonly topic: string; readonly deadLetters: boolean };
  readonly events: { readonly topic: string; readonly subscriptions: number };
  /** How URLs are signed: `signBlob` or `hmac`. */
  readonly signer: string;
  readonly signerAccounts: number;
  readonly keys: number;
  readonly secrets: number;
  /** Days for which audit entries are kept; nothing where there is no such destination. */
  readonly audit: { readonly logDays?: number; readonly archiveDays?: number };
}

/** One region of it. */
export interface RegionGraph {
  readonly region: string;
  readonly coordinators: number;
  /** Workers, and where the queue decides, at most. */
  readonly workers: number;
  readonly scaled: boolean;
}

type Fields = Readonly<Record<string, unknown>>;
const summarySchema = z.looseObject({ resources: z.record(z.string(), z.record(z.string(), z.unknown())) });

/**
 * Reads the graph from a stack's summary (`test/slow/golden/<stack>.txt`), which a test keeps equal to what the real engine
 * previews.
 *
 * @throws Error naming what a platform's summary has to have and this one has not
 */
export function platformGraph(summary: string): PlatformGraph {
  const { resources } = summarySchema.parse(parse(summary));
  const ofType = (type: string): (readonly [string, Fields])[] =>
    Object.entries(resources).flatMap(([key, fields]) => {
      const [of = "", name = ""] = key.split(" ");
      return of === type ? [[name, fields] as const] : [];
    });
  const scalers = new Map(ofType("kubernetes:keda.sh/v1alpha1:ScaledObject"));
  const deployments = ofType("kubernetes:apps/v1:Deployment").map(([name, fields]) =>
    deploymentOf(fields, scalers.get(name)),
  );
  const coordinators = deployments.filter(({ env }) => env["MPEGFLOW_JOBS_SUBSCRIPTION"] !== undefined);
  const workers = [
    ...deployments.filter(({ env }) => env["MPEGFLOW_COORDINATOR_URL"] !== undefined),
    ...ofType("kubernetes:keda.sh/v1alpha1:ScaledJob").map(([, fields]) => scaledJobOf(fields)),
  ];
  const [first] = coordinators;
  if (first === undefined) throw new Error("the summary has no coordinator");
  const { env } = first;
  const buckets = ofType("gcp:storage/bucket:Bucket");
  const media = buckets.find(([, { name }]) => name === env["MPEGFLOW_BUCKET"])?.[1];
  if (media === undefined) throw new Error("the summary has no bucket of the coordinators' name");
  const named = (type: string, name: unknown) =>
    ofType(type).find(([, fields]) => fields["name"] === name)?.[1];
  const subscription = named("gcp:pubsub/subscription:Subscription", env["MPEGFLOW_JOBS_SUBSCRIPTION"]);
  const events = textOf(env["MPEGFLOW_EVENTS_TOPIC"]);
  const archive = buckets.find(([, { storageClass }]) => storageClass === "ARCHIVE")?.[1];
  const [logBucket] = ofType("gcp:logging/projectBucketConfig:ProjectBucketConfig");
  return {
    regions: coordinators.map((one) => {
      const own = workers.filter((other) => other.env["MPEGFLOW_REGION"] === one.env["MPEGFLOW_REGION"]);
      return {
        region: textOf(one.env["MPEGFLOW_REGION"]),
        coordinators: one.replicas,
        workers: own.reduce((sum, { replicas }) => sum + replicas, 0),
        scaled: own.some(({ scaled }) => scaled),
      };
    }),
    bucket: {
      location: textOf(media["location"]),
      turbo: media["rpo"] === "ASYNC_TURBO",
      encrypted: media["encryption"] !== undefined,
    },
    jobs: {
      topic: textOf(env["MPEGFLOW_JOBS_TOPIC"]),
      deadLetters: subscription?.["deadLetterPolicy"] !== undefined,
    },
    events: {
      topic: events,
      subscriptions: ofType("gcp:pubsub/subscription:Subscription").filter(([, { topic }]) =>
        textOf(topic).endsWith(`/topics/${events}`),
      ).length,
    },
    signer: textOf(env["MPEGFLOW_SIGNER"]),
    signerAccounts: ofType("gcp:serviceaccount/account:Account").length,
    keys: ofType("gcp:kms/cryptoKey:CryptoKey").length,
    secrets: ofType("gcp:secretmanager/secret:Secret").length,
    audit: {
      ...(logBucket && { logDays: Number(logBucket[1]["retentionDays"]) }),
      ...(archive && { archiveDays: retentionDays(archive) }),
    },
  };
}

interface Workload {
  readonly replicas: number;
  readonly scaled: boolean;
  readonly env: Fields;
}

const envOf = (fields: Fields): Fields => {
  const [container] = fields["containers"] as Fields[];
  return (container?.["env"] ?? {}) as Fields;
};

/** @param scaler of the same name, where the queue decides */
function deploymentOf(fields: Fields, scaler: Fields | undefined): Workload {
  const most = (scaler?.["spec"] as Fields | undefined)?.["maxReplicaCount"];
  return { replicas: Number(most ?? fields["replicas"]), scaled: scaler !== undefined, env: envOf(fields) };
}

function scaledJobOf(fields: Fields): Workload {
  const { maxReplicaCount } = fields["scaling"] as Fields;
  return { replicas: Number(maxReplicaCount), scaled: true, env: envOf(fields) };
}

const SECONDS_IN_DAY = 86_400;

function retentionDays({ retentionPolicy }: Fields): number {
  return Number((retentionPolicy as Fields | undefined)?.["retentionPeriod"] ?? 0) / SECONDS_IN_DAY;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
