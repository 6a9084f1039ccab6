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
  {
    type: "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
    inputs: { workloadIdentityPoolId: "eks-clusters", displayName: "EKS" },
    another: { workloadIdentityPoolId: "other-clusters" },
    update: { displayName: "Clusters" },
    id: /^projects\/[^/]+\/locations\/global\/workloadIdentityPools\/eks-clusters$/,
    outputs: { state: "ACTIVE" },
  },
  {
    type: "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
    inputs: {
      workloadIdentityPoolId: "eks-clusters",
      workloadIdentityPoolProviderId: "east",
      oidc: { issuerUri: "https://oidc.eks.us-east-1.amazonaws.com/id/1" },
    },
    another: {
      workloadIdentityPoolId: "eks-clusters",
      workloadIdentityPoolProviderId: "west",
      oidc: { issuerUri: "https://oidc.eks.us-west-2.amazonaws.com/id/2" },
    },
    update: { attributeMapping: { "google.subject": "assertion.sub" } },
    id: /\/workloadIdentityPools\/eks-clusters\/providers\/east$/,
    outputs: { state: "ACTIVE" },
  },
];
