/**
 * What a role lets one do. The roles are Google's predefined ones that have a permission, as
 * https://docs.cloud.google.com/iam/docs/roles-permissions lists them (read in August 2026), but for the roles of Google's own
 * service agents: no program of a stack runs as one. Custom roles are read from the stack.
 */
export interface Power {
  /** One of these permissions gives the power. */
  readonly permissions: readonly string[];
  /** Predefined roles that have one of them, without `roles/`. */
  readonly roles: ReadonlySet<string>;
}

/**
 * Writing objects. The basic roles have it by way of the bucket: Cloud Storage gives a project's editors and owners
 * `storage.legacyBucketOwner` on each of its buckets.
 *
 * Source: https://docs.cloud.google.com/storage/docs/access-control/iam-roles#basic-roles
 */
export const WRITE_OBJECTS: Power = {
  permissions: ["storage.objects.create"],
  roles: new Set([
    "backupdr.cloudStorageOperator",
    "bigquerymigration.worker",
    "cloudbuild.builds.builder",
    "clouddeploy.jobRunner",
    "cloudmigration.storageaccess",
    "cloudtestservice.testAdmin",
    "composer.environmentAndStorageObjectAdmin",
    "composer.worker",
    "config.agent",
    "dataflow.admin",
    "dataflow.worker",
    "dataplex.storageDataOwner",
    "dataplex.storageDataWriter",
    "dataproc.worker",
    "designcenter.admin",
    "designcenter.user",
    "editor",
    "firebase.admin",
    "firebase.developAdmin",
    "firebaseapphosting.computeRunner",
    "iam.dataScientist",
    "iam.databasesAdmin",
    "iam.devOps",
    "iam.infrastructureAdmin",
    "iam.mlEngineer",
    "owner",
    "run.sourceDeveloper",
    "storage.admin",
    "storage.expressModeServiceInput",
    "storage.expressModeUserAccess",
    "storage.folderAdmin",
    "storage.legacyBucketOwner",
    "storage.legacyBucketWriter",
    "storage.objectAdmin",
    "storage.objectCreator",
    "storage.objectUser",
  ]),
};

/** Reading a secret's value, or granting oneself a role that may. */
export const READ_SECRETS: Power = {
  permissions: ["secretmanager.versions.access", "secretmanager.secrets.setIamPolicy"],
  roles: new Set(["iam.securityAdmin", "owner", "secretmanager.admin", "secretmanager.secretAccessor"]),
};

export const PUBLISH: Power = {
  permissions: ["pubsub.topics.publish"],
  roles: new Set(["editor", "owner", "pubsub.admin", "pubsub.editor", "pubsub.publisher"]),
};

/** Taking messages from a subscription, and acknowledging them. */
export const CONSUME: Power = {
  permissions: ["pubsub.subscriptions.consume"],
  roles: new Set(["editor", "owner", "pubsub.admin", "pubsub.editor", "pubsub.subscriber"]),
};

/** Acting as a service account: signing in its name or getting its tokens gives all of its permissions. */
export const ACT_AS: Power = {
  permissions: [
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.implicitDelegation",
    "iam.serviceAccounts.signBlob",
    "iam.serviceAccounts.signJwt",
  ],
  roles: new Set(["iam.serviceAccountTokenCreator", "iam.workloadIdentityUser"]),
};
