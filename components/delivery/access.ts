import { MOST_OPERATORS } from "../storage/conditions.ts";

/** Who may watch. The bucket stays private either way: public access prevention need not be touched. */
export const DeliveryAccess = {
  /** Requests with a signed URL or cookie of Cloud CDN, and no others. */
  SignedRequests: "SignedRequests",
  /** Everybody, by the load balancer's own account: no signature, and no other way into the bucket. */
  Everyone: "Everyone",
} as const;
export type DeliveryAccess = (typeof DeliveryAccess)[keyof typeof DeliveryAccess];

/**
 * IAM member of the account that fills Cloud CDN's caches for signed requests. Google makes it with a project's first
 * signed URL key, so a grant to it has to wait for the key.
 *
 * Source: https://docs.cloud.google.com/cdn/docs/using-signed-urls
 */
export function cacheFillAccount(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@cloud-cdn-fill.iam.gserviceaccount.com`;
}

/**
 * IAM member of the account with which a load balancer reads private buckets for unsigned requests. Google makes it with
 * a project's first backend bucket.
 *
 * Source: https://docs.cloud.google.com/cdn/docs/configure-private-bucket-access
 */
export function loadBalancerAccount(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@https-lb.iam.gserviceaccount.com`;
}

/** Each but the first takes an operator. */
export const MAX_PREFIXES_PER_CONDITION = MOST_OPERATORS + 1;

/**
 * The prefixes, each once and in one order, in parts that fit in a condition: neither their order nor one that is there
 * twice changes a grant.
 */
export function prefixesByCondition(prefixes: readonly string[]): string[][] {
  const sorted = [...new Set(prefixes)].toSorted();
  return Array.from({ length: Math.ceil(sorted.length / MAX_PREFIXES_PER_CONDITION) }, (_, part) =>
    sorted.slice(part * MAX_PREFIXES_PER_CONDITION, (part + 1) * MAX_PREFIXES_PER_CONDITION),
  );
}

/**
 * Limits a grant of `roles/storage.objectViewer` to objects below prefixes. Listing the bucket is not among them, so a
 * missing object may be answered with 403 instead of 404.
 *
 * Source: https://docs.cloud.google.com/iam/docs/conditions-overview
 */
export function objectsUnderPrefixes(bucket: string, prefixes: readonly string[]): string {
  return prefixes
    .map((prefix) => `resource.name.startsWith("projects/_/buckets/${bucket}/objects/${prefix}")`)
    .join(" || ");
}
