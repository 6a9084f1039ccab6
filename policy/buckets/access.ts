import type { ResourceValidationPolicy } from "@pulumi/policy";
import { cisGoogleCloud } from "../model/frameworks.ts";
import { GRANT } from "../model/iam.ts";
import { BUCKET } from "../model/kinds.ts";
import { resourceRule } from "../model/rule.ts";
import { hasUniformAccess, publicAccessPrevention } from "./facts.ts";
import { ACCESS, entriesOf } from "./public-access.ts";

const CIS_PUBLIC = cisGoogleCloud(
  "5.1",
  "Ensure That Cloud Storage Bucket Is Not Anonymously or Publicly Accessible",
);

export const bucketsHaveUniformAccess: ResourceValidationPolicy = resourceRule({
  name: "buckets-have-uniform-access",
  family: "buckets",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Buckets decide access by IAM alone",
  description: "Buckets must have uniform bucket-level access. Remediates.",
  severity: "high",
  framework: cisGoogleCloud(
    "5.2",
    "Ensure That Cloud Storage Buckets Have Uniform Bucket-Level Access Enabled",
  ),
  url: "https://docs.cloud.google.com/storage/docs/uniform-bucket-level-access",
  reason: "without it each object has access control lists of its own, which no IAM policy shows.",
  fix: "set uniformBucketLevelAccess: true",
  *judge({ props }) {
    if (!hasUniformAccess(props)) yield "does not have uniform bucket-level access";
  },
  remediate: (props) => {
    props["uniformBucketLevelAccess"] = true;
  },
});

export const bucketsPreventPublicAccess: ResourceValidationPolicy = resourceRule({
  name: "buckets-prevent-public-access",
  family: "buckets",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Buckets cannot be made public",
  description: "Buckets must enforce public access prevention. Remediates.",
  severity: "critical",
  framework: CIS_PUBLIC,
  url: "https://docs.cloud.google.com/storage/docs/public-access-prevention",
  reason: "one wrong grant would open every object to the internet; prevention refuses that grant.",
  fix: 'set publicAccessPrevention: "enforced", and serve viewers by Cloud CDN (CdnDelivery of mpegflow-gcs)',
  *judge({ props }) {
    const prevention = publicAccessPrevention(props);
    if (prevention !== "enforced") yield `has public access prevention ${JSON.stringify(prevention)}`;
  },
  remediate: (props) => {
    props["publicAccessPrevention"] = "enforced";
  },
});

const EVERYBODY: ReadonlySet<string> = new Set(["allUsers", "allAuthenticatedUsers"]);

export const grantsAreNotPublic: ResourceValidationPolicy = resourceRule({
  name: "grants-are-not-public",
  family: "buckets",
  subject: "a grant",
  tokens: { has: (type) => GRANT.has(type) || ACCESS.has(type) },
  displayName: "Nothing is granted to everybody",
  description:
    "No grant, access control list or access of a BigQuery data set may name allUsers or allAuthenticatedUsers.",
  severity: "critical",
  framework: CIS_PUBLIC,
  url: "https://docs.cloud.google.com/storage/docs/public-access-prevention",
  reason: "allAuthenticatedUsers is anybody with any Google account, so both mean the whole internet.",
  fix: "name the members that need the role; serve viewers by signed URLs or Cloud CDN",
  *judge(grant) {
    for (const { role, whom } of entriesOf(grant)) {
      if (EVERYBODY.has(whom)) yield `gives ${role} to ${whom}`;
    }
  },
});
