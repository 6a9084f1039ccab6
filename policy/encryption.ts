import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { StackGraph } from "./model/graph.ts";
import type { StackResource } from "./model/stack-resource.ts";
import {
  BACKEND_BUCKET,
  BUCKET,
  CLUSTER,
  DATASET,
  LOG_BUCKET,
  SECRET,
  TOPIC,
  TRANSFER_JOB,
  type Kind,
} from "./model/kinds.ts";
import { block, blocks, text, type Properties } from "./model/known.ts";
import { resourceRule, stackRule } from "./model/rule.ts";

interface KeySettings {
  readonly resources: readonly string[];
}

interface Encryptable {
  readonly kind: Kind;
  readonly key: (props: Properties) => string | undefined;
}

/** The property of each kind of resource that names its key. */
const ENCRYPTABLE: Readonly<Record<string, Encryptable>> = {
  bucket: {
    kind: BUCKET,
    key: (props) => text(block(props, "encryption") ?? {}, "defaultKmsKeyName"),
  },
  topic: { kind: TOPIC, key: (props) => text(props, "kmsKeyName") },
  secret: {
    kind: SECRET,
    key: (props) => {
      const replication = block(props, "replication") ?? {};
      const replica = blocks(block(replication, "userManaged") ?? {}, "replicas")[0];
      return (
        // A regional secret has no replicas.
        text(block(props, "customerManagedEncryption") ?? {}, "kmsKeyName") ??
        text(block(replica ?? {}, "customerManagedEncryption") ?? {}, "kmsKeyName") ??
        text(block(block(replication, "auto") ?? {}, "customerManagedEncryption") ?? {}, "kmsKeyName")
      );
    },
  },
  dataset: {
    kind: DATASET,
    key: (props) => text(block(props, "defaultEncryptionConfiguration") ?? {}, "kmsKeyName"),
  },
  logBucket: { kind: LOG_BUCKET, key: (props) => text(block(props, "cmekSettings") ?? {}, "kmsKeyName") },
  cluster: { kind: CLUSTER, key: (props) => text(block(props, "databaseEncryption") ?? {}, "keyName") },
};

function encryptableOf(type: string): [string, Encryptable] | undefined {
  return Object.entries(ENCRYPTABLE).find(([, { kind }]) => kind.has(type));
}

export const customerManagedKeysWhereAsked: ResourceValidationPolicy = resourceRule<KeySettings>({
  name: "customer-managed-keys-where-asked",
  family: "encryption",
  subject: "a resource that holds data",
  tokens: { has: (type) => encryptableOf(type) !== undefined },
  displayName: "Customer-managed keys are used where required",
  description: "Resources of the configured kinds must be encrypted with a Cloud KMS key.",
  severity: "high",
  url: "https://docs.cloud.google.com/kms/docs/cmek",
  reason:
    "with your own key you decide where it is kept and when it rotates, and can revoke access to all data at once.",
  fix: "give it a Cloud KMS key in the same location (Encryption of mpegflow-gcs makes one, with its grants)",
  config: {
    resources: {
      type: "array",
      items: { type: "string", enum: Object.keys(ENCRYPTABLE) },
      default: [],
      description: `Kinds of resource that must have a key: ${Object.keys(ENCRYPTABLE).join(", ")}.`,
    },
  },
  *judge({ type, props }, { resources }) {
    const [kind, { key }] = encryptableOf(type) ?? ["", { key: () => undefined }];
    if (resources.includes(kind) && key(props) === undefined)
      yield `is a ${kind} without a customer-managed key`;
  },
});

export const suppliedKeysStayPrivate: StackValidationPolicy = stackRule({
  name: "supplied-keys-stay-private",
  family: "encryption",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Customer-supplied keys are not combined with a CDN or a transfer",
  description:
    "A bucket that allows customer-supplied encryption keys must not be served by Cloud CDN, nor be the source or the sink of a " +
    "transfer job.",
  severity: "high",
  url: "https://docs.cloud.google.com/storage/docs/encryption/customer-supplied-keys",
  reason: "neither has the key: objects written with one cannot be cached, served or copied.",
  fix: "use a customer-managed key there, or keep objects with customer-supplied keys in a bucket of their own",
  *judge(bucket, stack) {
    const encryption = block(bucket.props, "encryption") ?? {};
    const enforcement = block(encryption, "customerSuppliedEncryptionEnforcementConfig") ?? {};
    if (text(enforcement, "restrictionMode") !== "NotRestricted") return;
    for (const user of usersOf(bucket, stack)) yield `allows customer-supplied keys, and ${user}`;
  },
});

function* usersOf(bucket: StackResource, stack: StackGraph): Iterable<string> {
  for (const { name } of stack.referring(bucket, BACKEND_BUCKET, "bucketName"))
    yield `${name} serves it by Cloud CDN`;
  for (const { name } of stack.referring(bucket, TRANSFER_JOB, "transferSpec.gcsDataSource.bucketName")) {
    yield `the transfer job ${name} copies from it`;
  }
  for (const { name } of stack.referring(bucket, TRANSFER_JOB, "transferSpec.gcsDataSink.bucketName")) {
    yield `the transfer job ${name} copies to it`;
  }
}
