import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

const bucket = new gcp.storage.Bucket("downloads", {
  location: "EU",
  uniformBucketLevelAccess: true,
  website: { mainPageSuffix: "index.html" },
});

new gcp.storage.BucketIAMBinding("downloads-readers", {
  bucket: bucket.name,
  role: "roles/storage.objectViewer",
  members: ["allUsers"],
});

const account = new gcp.serviceaccount.Account("batch", { accountId: "batch-worker" });
const member = pulumi.interpolate`serviceAccount:${account.email}`;

new gcp.projects.IAMBinding("batch-editor", {
  project: gcp.config.project ?? "studio-dailies",
  role: "roles/editor",
  members: [member],
});

new gcp.serviceaccount.IAMBinding("batch-users", {
  serviceAccountId: account.name,
  role: "roles/iam.serviceAccountTokenCreator",
  members: ["group:video@example.com"],
});

const topic = new gcp.pubsub.Topic("batch");
new gcp.pubsub.TopicIAMBinding("batch-publishers", {
  topic: topic.name,
  role: "roles/pubsub.publisher",
  members: [member],
});

const secret = new gcp.secretmanager.Secret("batch", { secretId: "batch", replication: { auto: {} } });
new gcp.secretmanager.SecretIamBinding("batch-readers", {
  secretId: secret.id,
  role: "roles/secretmanager.secretAccessor",
  members: [member],
});

const ring = new gcp.kms.KeyRing("batch", { location: "europe-west1" });
const key = new gcp.kms.CryptoKey("batch", { keyRing: ring.id, rotationPeriod: "7776000s" });
new gcp.kms.CryptoKeyIAMBinding("batch-encrypters", {
  cryptoKeyId: key.id,
  role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
  members: [member],
});
