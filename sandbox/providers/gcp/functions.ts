import { string } from "../fields.ts";
import { type FunctionModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { omit, textOf, type Properties, type Value } from "../values.ts";
import { found, type Cloud } from "../cloud.ts";
import { fromApi } from "./bucket-api.ts";
import { getIamPolicy } from "./iam-policy.ts";

function knownProject(args: Properties, field: string, config: Properties, cloud: Cloud): string {
  const wanted = textOf(args[field]) ?? textOf(config["project"]) ?? cloud.projectId;
  if (wanted === cloud.projectId) return wanted;
  throw new Refusal(`project ${wanted} is not found: the local cloud has one project, ${cloud.projectId}`);
}

/** https://www.pulumi.com/registry/packages/gcp/api-docs/organizations/getproject/ */
const getProject: FunctionModel = {
  token: "gcp:organizations/getProject:getProject",
  fields: { projectId: string() },
  call: (args, { cloud, config }) => {
    const { projectNumber, ...rest } = cloud();
    const projectId = knownProject(args, "projectId", config, { projectNumber, ...rest });
    return {
      id: `projects/${projectId}`,
      projectId,
      name: projectId,
      number: projectNumber,
      autoCreateNetwork: false,
      billingAccount: "",
      deletionPolicy: "PREVENT",
      effectiveLabels: {},
      folderId: "",
      labels: {},
      orgId: "",
      pulumiLabels: {},
      tags: {},
    };
  },
};

/** https://www.pulumi.com/registry/packages/gcp/api-docs/storage/getbucket/ */
const getBucket: FunctionModel = {
  token: "gcp:storage/getBucket:getBucket",
  fields: { name: string({ required: true }), project: string() },
  call: async (args, { cloud }) => {
    const here = cloud();
    const name = textOf(args["name"]) ?? "";
    const live = await found(here.storage({ method: "GET", path: ["b", name] }));
    if (live === undefined) throw new Refusal(`bucket ${name} is not found`);
    const bucket = fromApi(live, {}, here.projectId);
    const listed = Object.entries(blocksOfBucket).map(([field, plural]) => [
      plural,
      blockList(bucket[field]),
    ]);
    return {
      ...omit(bucket, Object.keys(blocksOfBucket)),
      ...(Object.fromEntries(listed) as Properties),
      id: name,
      lifecycleRules: bucket["lifecycleRules"] ?? [],
      cors: bucket["cors"] ?? [],
      enableObjectRetention: bucket["enableObjectRetention"] ?? false,
      defaultEventBasedHold: bucket["defaultEventBasedHold"] ?? false,
      requesterPays: bucket["requesterPays"] ?? false,
      rpo: bucket["rpo"] ?? "",
      forceDestroy: false,
      deletionPolicy: "",
    };
  },
};

/** The provider's functions give single blocks as lists of one, under names of their own. */
const blocksOfBucket = {
  autoclass: "autoclasses",
  customPlacementConfig: "customPlacementConfigs",
  encryption: "encryptions",
  hierarchicalNamespace: "hierarchicalNamespaces",
  ipFilter: "ipFilters",
  logging: "loggings",
  retentionPolicy: "retentionPolicies",
  softDeletePolicy: "softDeletePolicies",
  versioning: "versionings",
  website: "websites",
};

const blockList = (block: Value | undefined): Value => (block === undefined ? [] : [block]);

/** https://www.pulumi.com/registry/packages/gcp/api-docs/storage/getprojectserviceaccount/ */
const getProjectServiceAccount: FunctionModel = {
  token: "gcp:storage/getProjectServiceAccount:getProjectServiceAccount",
  fields: { project: string(), userProject: string() },
  call: (args, { cloud, config }) => {
    const here = cloud();
    const project = knownProject(args, "project", config, here);
    const emailAddress = `service-${here.projectNumber}@gs-project-accounts.iam.gserviceaccount.com`;
    return { id: emailAddress, emailAddress, member: `serviceAccount:${emailAddress}`, project };
  },
};

/** https://www.pulumi.com/registry/packages/gcp/api-docs/storage/gettransferprojectserviceaccount/ */
const getTransferProjectServiceAccount: FunctionModel = {
  token: "gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount",
  fields: { project: string() },
  call: (args, { cloud, config }) => {
    const here = cloud();
    const project = knownProject(args, "project", config, here);
    const email = `project-${here.projectNumber}@storage-transfer-service.iam.gserviceaccount.com`;
    // Google's unique ids have 21 digits.
    const subjectId = `1${here.projectNumber.padStart(20, "0")}`;
    return { id: email, email, member: `serviceAccount:${email}`, subjectId, project };
  },
};

/** https://www.pulumi.com/registry/packages/gcp/api-docs/bigquery/getdefaultserviceaccount/ */
const getDefaultServiceAccount: FunctionModel = {
  token: "gcp:bigquery/getDefaultServiceAccount:getDefaultServiceAccount",
  fields: { project: string() },
  call: (args, { cloud, config }) => {
    const here = cloud();
    const project = knownProject(args, "project", config, here);
    const email = `bq-${here.projectNumber}@bigquery-encryption.iam.gserviceaccount.com`;
    return { id: email, email, member: `serviceAccount:${email}`, project };
  },
};

/** https://www.pulumi.com/registry/packages/gcp/api-docs/logging/getprojectcmeksettings/ */
const getProjectCmekSettings: FunctionModel = {
  token: "gcp:logging/getProjectCmekSettings:getProjectCmekSettings",
  fields: { project: string({ required: true }), kmsKeyName: string() },
  call: (args, { cloud, config }) => {
    const here = cloud();
    const project = knownProject(args, "project", config, here);
    const name = `projects/${project}/cmekSettings`;
    return {
      id: name,
      name,
      project,
      kmsKeyName: "",
      kmsKeyVersionName: "",
      serviceAccountId: `cmek-p${here.projectNumber}@gcp-sa-logging.iam.gserviceaccount.com`,
    };
  },
};

export const functions = [
  getIamPolicy,
  getBucket,
  getProject,
  getProjectServiceAccount,
  getTransferProjectServiceAccount,
  getDefaultServiceAccount,
  getProjectCmekSettings,
];
