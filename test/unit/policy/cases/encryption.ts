import { outputOf, UNKNOWN } from "../../../../testing/index.ts";
import { any, backendBucket, bucket, cluster, secret, topic, transferJob, type Case } from "./case.ts";

const KEY = "projects/p/locations/nam4/keyRings/r/cryptoKeys/k";
const everyKind = (key: string | undefined) => [
  bucket("media", { encryption: key && { defaultKmsKeyName: key } }),
  topic("jobs", { kmsKeyName: key }),
  secret("lease", {
    replication: {
      userManaged: {
        replicas: [{ location: "us-east1", customerManagedEncryption: key && { kmsKeyName: key } }],
      },
    },
  }),
  any("gcp:bigquery/dataset:Dataset")("history", {
    defaultEncryptionConfiguration: key && { kmsKeyName: key },
  }),
  any("gcp:logging/projectBucketConfig:ProjectBucketConfig")("logs", {
    cmekSettings: key && { kmsKeyName: key },
  }),
  cluster("encoders", { databaseEncryption: key && { keyName: key } }),
];
const KINDS = ["bucket", "topic", "secret", "dataset", "logBucket", "cluster"];
const TYPES = ["Bucket", "Topic", "Secret", "Dataset", "ProjectBucketConfig", "Cluster"];
const NAMES = ["media", "jobs", "lease", "history", "logs", "encoders"];

const open = bucket("media", {
  encryption: { customerSuppliedEncryptionEnforcementConfig: { restrictionMode: "NotRestricted" } },
});
const users = [
  backendBucket("cdn", { bucketName: "media" }),
  transferJob("in", { transferSpec: { gcsDataSink: { bucketName: "media" } } }),
  transferJob("out", { transferSpec: { gcsDataSource: { bucketName: "media" } } }),
];

export const encryption: readonly Case[] = [
  {
    policy: "customer-managed-keys-where-asked",
    title: "every kind without a key",
    config: { resources: KINDS },
    resources: everyKind(undefined),
    found: KINDS.map(
      (kind, at) => `${TYPES[at] ?? ""} "${NAMES[at] ?? ""}" is a ${kind} without a customer-managed key.`,
    ),
  },
  {
    policy: "customer-managed-keys-where-asked",
    title: "every kind with a key, one not known yet",
    config: { resources: KINDS },
    resources: [
      ...everyKind(KEY),
      secret("automatic", { replication: { auto: { customerManagedEncryption: { kmsKeyName: KEY } } } }),
    ],
    found: [],
  },
  {
    policy: "customer-managed-keys-where-asked",
    title: "kinds that are not asked for",
    config: { resources: ["bucket"] },
    resources: [topic("jobs"), cluster("encoders")],
    found: [],
  },
  {
    policy: "supplied-keys-stay-private",
    title: "a bucket with supplied keys behind a CDN and in transfers",
    resources: [open, ...users],
    found: [
      'Bucket "media" allows customer-supplied keys, and cdn serves it by Cloud CDN.',
      'Bucket "media" allows customer-supplied keys, and the transfer job out copies from it.',
      'Bucket "media" allows customer-supplied keys, and the transfer job in copies to it.',
    ],
  },
  {
    policy: "supplied-keys-stay-private",
    title: "the same by reference, before its name is known",
    resources: [
      bucket("media", { name: UNKNOWN.string, encryption: open.props["encryption"] }),
      backendBucket("cdn", { bucketName: outputOf("gcp:storage/bucket:Bucket::media") }),
    ],
    found: ['Bucket "media" allows customer-supplied keys, and cdn serves it by Cloud CDN.'],
  },
  {
    policy: "supplied-keys-stay-private",
    title: "supplied keys in a bucket of their own; a CDN and transfers of a bucket that forbids them",
    resources: [bucket("media"), ...users, { ...open, name: "own", props: { ...open.props, name: "own" } }],
    found: [],
  },
];
