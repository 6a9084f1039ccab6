import { projectId } from "../local-cloud.ts";
import type { Example } from "./example.ts";

export const iamExamples: Example[] = [
  {
    type: "gcp:projects/iAMCustomRole:IAMCustomRole",
    inputs: {
      roleId: "blobSigner",
      title: "Signs blobs",
      permissions: ["iam.serviceAccounts.signBlob", "iam.serviceAccounts.get"],
    },
    update: {
      title: "Signs",
      description: "in the name of one account",
      permissions: ["iam.serviceAccounts.signBlob"],
      stage: "BETA",
    },
    id: `projects/${projectId}/roles/blobSigner`,
    importIds: [`${projectId}/blobSigner`, "blobSigner"],
    remains: { deleted: true },
    outputs: {
      name: `projects/${projectId}/roles/blobSigner`,
      project: projectId,
      stage: "GA",
      deleted: false,
    },
  },
];
