import { string } from "../fields.ts";
import { Refusal, type FunctionModel } from "../model.ts";
import { textOf, type Properties } from "../values.ts";
import type { Cloud } from "../cloud.ts";

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
  getProject,
  getProjectServiceAccount,
  getTransferProjectServiceAccount,
  getDefaultServiceAccount,
  getProjectCmekSettings,
];
