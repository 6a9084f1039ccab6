import { MOST_OPERATORS } from "../storage/conditions.ts";

/** Who may watch. The bucket stays private in both cases, with public access prevention. */
export const DeliveryAccess = {
  /** Only requests with a signed URL or cookie of Cloud CDN. */
  SignedRequests: "SignedRequests",
  /**
   * Everyone, through the load balancer's account. Requests need no signature; the bucket cannot be read in any other
   * way.
   */
  Everyone: "Everyone",
} as const;
export type DeliveryAccess = (typeof DeliveryAccess)[keyof typeof DeliveryAccess];

/**
 * IAM member of the account that fills Cloud CDN's caches for signed requests. Google creates it with a project's first
 * signed URL key, so a grant to it must wait for the key.
 *
 * Source: https://docs.cloud.google.com/cdn/docs/using-signed-urls
 */
export function cacheFillAccount(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@cloud-cdn-fill.iam.gserviceaccount.com`;
}

/**
 * IAM member of the account with which a load balancer reads private buckets for unsigned requests. Google creates it
 * with a project's first backend bucket.
 *
 * Source: https://docs.cloud.google.com/cdn/docs/configure-private-bucket-access
 */
export function loadBalancerAccount(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@https-lb.iam.gserviceaccount.com`;
}

/** Every prefix after the first needs an operator. */
export const MAX_PREFIXES_PER_CONDITION = MOST_OPERATORS + 1;

/**
 * Unique prefixes in a stable order, in groups that fit into one condition. Neither order nor duplicates change a
 * grant.
 */
export function prefixesByCondition(prefixes: readonly string[]): string[][] {
  const sorted = [...new Set(prefixes)].toSorted();
  return Array.from({ length: Math.ceil(sorted.length / MAX_PREFIXES_PER_CONDITION) }, (_, part) =>
    sorted.slice(part * MAX_PREFIXES_PER_CONDITION, (part + 1) * MAX_PREFIXES_PER_CONDITION),
  );
}

/**
 * Limits a grant of `roles/storage.objectViewer` to objects under prefixes. It does not allow listing the bucket, so a
 * missing object may be answered with 403 instead of 404.
 *
 * Source: https://docs.cloud.google.com/iam/docs/conditions-overview
 */
export function objectsUnderPrefixes(bucket: string, prefixes: readonly string[]): string {
  return prefixes
    .map((prefix) => `resource.name.startsWith("projects/_/buckets/${bucket}/objects/${prefix}")`)
    .join(" || ");
}
