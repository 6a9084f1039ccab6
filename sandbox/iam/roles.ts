/**
 * Permissions of the predefined roles that the sandbox knows, as far as the sandbox checks them.
 * Sources: https://docs.cloud.google.com/storage/docs/access-control/iam-roles,
 * https://docs.cloud.google.com/iam/docs/roles-permissions/pubsub, …/secretmanager, …/iam, …/cloudkms.
 * `*` at the end stands for every permission with that beginning.
 */
export const rolePermissions: Readonly<Record<string, readonly string[]>> = {
  "roles/owner": ["*"],
  "roles/storage.admin": ["storage.*"],
  "roles/storage.objectAdmin": ["storage.objects.*", "storage.multipartUploads.*"],
  "roles/storage.objectUser": [
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
    "storage.objects.list",
    "storage.objects.update",
    "storage.multipartUploads.*",
  ],
  "roles/storage.objectViewer": ["storage.objects.get", "storage.objects.list"],
  "roles/storage.objectCreator": [
    "storage.objects.create",
    "storage.multipartUploads.abort",
    "storage.multipartUploads.create",
    "storage.multipartUploads.listParts",
  ],
  "roles/storage.legacyBucketReader": [
    "storage.buckets.get",
    "storage.objects.list",
    "storage.multipartUploads.list",
  ],
  "roles/storage.hmacKeyAdmin": ["storage.hmacKeys.*"],
  "roles/secretmanager.secretAccessor": ["secretmanager.versions.access"],
  "roles/secretmanager.admin": ["secretmanager.*"],
  "roles/pubsub.publisher": ["pubsub.topics.publish"],
  "roles/pubsub.subscriber": [
    "pubsub.snapshots.seek",
    "pubsub.subscriptions.consume",
    "pubsub.topics.attachSubscription",
  ],
  "roles/pubsub.viewer": [
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.list",
    "pubsub.topics.get",
    "pubsub.topics.list",
  ],
  "roles/container.defaultNodeServiceAccount": [
    "autoscaling.sites.writeMetrics",
    "logging.logEntries.create",
    "monitoring.metricDescriptors.create",
    "monitoring.metricDescriptors.list",
    "monitoring.timeSeries.create",
    "monitoring.timeSeries.list",
  ],
  "roles/bigquery.dataEditor": [
    "bigquery.datasets.get",
    "bigquery.tables.create",
    "bigquery.tables.get",
    "bigquery.tables.getData",
    "bigquery.tables.list",
    "bigquery.tables.updateData",
  ],
  "roles/cloudkms.cryptoKeyEncrypterDecrypter": [
    "cloudkms.cryptoKeyVersions.useToDecrypt",
    "cloudkms.cryptoKeyVersions.useToEncrypt",
  ],
  "roles/iam.serviceAccountTokenCreator": [
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
    "iam.serviceAccounts.implicitDelegation",
    "iam.serviceAccounts.signBlob",
    "iam.serviceAccounts.signJwt",
  ],
};

/** @param granted a permission, or the beginning of permissions and `*` */
export function permissionCovers(granted: string, permission: string): boolean {
  return granted.endsWith("*") ? permission.startsWith(granted.slice(0, -1)) : granted === permission;
}
