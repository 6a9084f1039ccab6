import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { StackGraph } from "./model/graph.ts";
import type { StackResource } from "./model/stack-resource.ts";
import { GRANT, grantsOf } from "./model/iam.ts";
import { BACKEND_BUCKET, BUCKET } from "./model/kinds.ts";
import { block, blocks, text, wholeNumber } from "./model/known.ts";
import { resourceRule, stackRule } from "./model/rule.ts";

export const privateBucketsAreNotForceCached: StackValidationPolicy = stackRule({
  name: "private-buckets-are-not-force-cached",
  family: "delivery",
  subject: "a backend bucket",
  tokens: BACKEND_BUCKET,
  displayName: "Private buckets are not force-cached",
  description: "A backend bucket whose bucket is not public must not use the cache mode FORCE_CACHE_ALL.",
  severity: "critical",
  url: "https://docs.cloud.google.com/cdn/docs/caching",
  reason:
    "it caches private responses too, and by default the query string with the signature is not part of a backend bucket's " +
    "cache key: a cached response could be served to a caller without a signature.",
  fix: 'set cdnPolicy.cacheMode: "USE_ORIGIN_HEADERS" or "CACHE_ALL_STATIC" (CdnDelivery of mpegflow-gcs does)',
  *judge(backend, stack) {
    if (text(block(backend.props, "cdnPolicy") ?? {}, "cacheMode") !== "FORCE_CACHE_ALL") return;
    const bucket = stack.referred(backend, "bucketName", BUCKET);
    if (bucket === undefined || !isPublic(bucket, stack)) yield "caches everything from a private bucket";
  },
});

function isPublic(bucket: StackResource, stack: StackGraph): boolean {
  return stack
    .referring(bucket, GRANT, "bucket")
    .some((grant) => grantsOf(grant).some(({ members }) => members.includes("allUsers")));
}

interface NegativeSettings {
  readonly maxSeconds: number;
}

export const missesAreForgottenSoon: ResourceValidationPolicy = resourceRule<NegativeSettings>({
  name: "misses-are-forgotten-soon",
  family: "delivery",
  subject: "a backend bucket",
  tokens: BACKEND_BUCKET,
  displayName: "The CDN caches a 404 only briefly",
  description:
    "Where Cloud CDN is on, its negative caching policy must keep a 404 for a few seconds at most.",
  severity: "medium",
  url: "https://docs.cloud.google.com/cdn/docs/using-negative-caching",
  reason:
    "a player asks for a live segment as soon as it should exist; a 404 that is cached for 120 seconds, Google's default, stops playback.",
  fix: "set cdnPolicy.negativeCaching: true and negativeCachingPolicies: [{ code: 404, ttl: 1 }]",
  config: {
    maxSeconds: {
      type: "integer",
      minimum: 0,
      maximum: 1_800,
      default: 10,
      description: "Longest time in seconds for which a 404 may be cached; Google takes 0 to 1800.",
    },
  },
  *judge({ props }, { maxSeconds }) {
    if (props["enableCdn"] !== true) return;
    const policy = block(props, "cdnPolicy") ?? {};
    // Turned off, Google's defaults for 404 do not apply either.
    if (policy["negativeCaching"] === false) return;
    const notFound = blocks(policy, "negativeCachingPolicies").find(
      (one) => wholeNumber(one, "code") === 404,
    );
    const seconds = notFound === undefined ? 120 : (wholeNumber(notFound, "ttl") ?? 0);
    if (seconds > maxSeconds) yield `caches a 404 for ${seconds} seconds; at most ${maxSeconds}`;
  },
});
