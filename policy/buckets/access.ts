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
  displayName: "Access to buckets is decided by IAM alone",
  description: "Buckets must have uniform bucket-level access. Remediates.",
  severity: "high",
  framework: cisGoogleCloud(
    "5.2",
    "Ensure That Cloud Storage Buckets Have Uniform Bucket-Level Access Enabled",
  ),
  url: "https://docs.cloud.google.com/storage/docs/uniform-bucket-level-access",
  reason: "without it, each object can have an access control list of its own, which no IAM policy shows.",
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
  reason: "one wrong grant would open every object to the internet; public access prevention blocks it.",
  fix: 'set publicAccessPrevention: "enforced", and serve viewers through Cloud CDN (CdnDelivery of mpegflow-gcs)',
  *judge({ props }) {
    const prevention = publicAccessPrevention(props);
    if (prevention !== "enforced") yield `has public access prevention ${JSON.stringify(prevention)}`;
  },
  remediate: (props) => {
    props["publicAccessPrevention"] = "enforced";
  },
});

/** Members that include everyone, with their meaning. */
const EVERYBODY: ReadonlyMap<string, string> = new Map([
  ["allUsers", "allUsers is everyone on the internet, signed in or not."],
  [
    "allAuthenticatedUsers",
    "allAuthenticatedUsers is anyone with any Google account, not only people you know.",
  ],
]);
const NAME_MEMBERS = "name the members that need the role";

/** Whether a resource is of Cloud Storage, whatever provider it is written for. */
const OF_STORAGE = /:storage|google_storage/;

export const grantsAreNotPublic: ResourceValidationPolicy = resourceRule({
  name: "grants-are-not-public",
  family: "buckets",
  subject: "a grant",
  tokens: { has: (type) => GRANT.has(type) || ACCESS.has(type) },
  displayName: "Nothing is granted to everybody",
  description:
    "No grant, access control list or BigQuery dataset access entry may name allUsers or allAuthenticatedUsers.",
  severity: "critical",
  framework: CIS_PUBLIC,
  url: "https://docs.cloud.google.com/storage/docs/public-access-prevention",
  reason: "allUsers is everyone on the internet, and allAuthenticatedUsers anyone with any Google account.",
  fix: NAME_MEMBERS,
  *judge(grant) {
    for (const { role, whom } of entriesOf(grant)) {
      const reason = EVERYBODY.get(whom);
      if (reason === undefined) continue;
      const viewers = OF_STORAGE.test(grant.type) ? "; serve viewers by signed URLs or Cloud CDN" : "";
      yield { text: `gives ${role} to ${whom}`, reason, fix: `${NAME_MEMBERS}${viewers}` };
    }
  },
});
