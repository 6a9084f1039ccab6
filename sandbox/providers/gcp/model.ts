import gcp from "@pulumi/gcp/package.json" with { type: "json" };
import { any, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import type { ProviderModel } from "../provider.ts";
import { iamAuditConfig } from "./audit-config.ts";
import { dataset, table } from "./bigquery.ts";
import { artifactRegistry } from "./artifact-registry.ts";
import { bucket } from "./bucket.ts";
import { customRole } from "./custom-role.ts";
import { certificateManager } from "./certificate-manager.ts";
import { dns } from "./dns.ts";
import { withConstraints } from "./facts/constraints.ts";
import { withFacts } from "./facts/with-facts.ts";
import { functions } from "./functions.ts";
import { backupPlan } from "./gke-backup.ts";
import { gkeCluster } from "./gke-cluster.ts";
import { gkeNodePool } from "./gke-node-pool.ts";
import { hmacKey } from "./hmac-key.ts";
import { iamMembers } from "./iam-members.ts";
import { loadBalancing } from "./load-balancing.ts";
import { networking } from "./network.ts";
import { loggingModels } from "./logging.ts";
import { monitoringModels } from "./monitoring.ts";
import { kmsTypes } from "./kms.ts";
import { notification } from "./notification.ts";
import { projectService } from "./project-service.ts";
import { schema } from "./pubsub-schema.ts";
import { subscription, topic } from "./pubsub.ts";
import { secretVersion } from "./secret-version.ts";
import { secret } from "./secret.ts";
import { serviceAccount } from "./service-account.ts";
import { serviceIdentity } from "./service-identity.ts";
import { transferJob } from "./storagetransfer.ts";
import { workloadIdentity } from "./workload-identity.ts";

/** What the sandbox says by hand of the types that it models; the provider's schema says the rest. */
export const tables: readonly ResourceModel[] = [
  bucket,
  hmacKey,
  serviceAccount,
  customRole,
  secret,
  secretVersion,
  notification,
  schema,
  topic,
  subscription,
  projectService,
  serviceIdentity,
  transferJob,
  iamAuditConfig,
  ...loggingModels,
  ...monitoringModels,
  dataset,
  table,
  ...kmsTypes,
  ...iamMembers,
  ...networking,
  ...loadBalancing,
  ...certificateManager,
  ...dns,
  gkeCluster,
  gkeNodePool,
  backupPlan,
  ...artifactRegistry,
  ...workloadIdentity,
];

/** Google Cloud as far as the sandbox models it. */
export const gcpModel: ProviderModel = {
  name: "gcp",
  version: gcp.version,
  configuration: {
    project: string(),
    region: string(),
    zone: string(),
    defaultLabels: any(),
    deletionPolicy: string({ allowed: ["DELETE", "PREVENT", "ABANDON"] }),
    addPulumiAttributionLabel: any(),
    // How to reach and pay Google, which the local cloud has no need of.
    accessToken: string(),
    credentials: string(),
    impersonateServiceAccount: string(),
    billingProject: string(),
    userProjectOverride: any(),
    requestTimeout: string(),
    disableGlobalProjectWarning: any(),
    skipRegionValidation: any(),
    version: string(),
  },
  // https://www.pulumi.com/registry/packages/gcp/installation-configuration/
  ambient: [
    {
      key: "project",
      variables: ["GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"],
    },
    { key: "region", variables: ["GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"] },
    { key: "zone", variables: ["GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"] },
  ],
  resources: tables.map(withFacts).map(withConstraints),
  functions,
};
