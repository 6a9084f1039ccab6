import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

const bucket = new gcp.storage.Bucket("press", { location: "US", uniformBucketLevelAccess: true });

// Computed from its arguments: the preview shows the very text.
const everyone = gcp.organizations.getIAMPolicy({
  bindings: [
    {
      role: "roles/storage.objectViewer",
      members: ["allUsers", "group:press@example.com"],
      condition: { title: "until-2030", expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' },
    },
    { role: "roles/storage.legacyBucketReader", members: ["group:press@example.com"] },
  ],
});
new gcp.storage.BucketIAMPolicy("press", {
  bucket: bucket.name,
  policyData: everyone.then(({ policyData }) => policyData),
});

const account = new gcp.serviceaccount.Account("press", { accountId: "press-tool" });
const impersonation = gcp.organizations.getIAMPolicyOutput({
  bindings: [
    { role: "roles/iam.serviceAccountUser", members: [pulumi.interpolate`serviceAccount:${account.email}`] },
  ],
});
new gcp.serviceaccount.IAMPolicy("press", {
  serviceAccountId: account.name,
  policyData: impersonation.policyData,
});

export const pressPolicy = everyone.then(({ policyData }) => policyData);
