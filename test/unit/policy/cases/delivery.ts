import { backendBucket, bucket, bucketGrant, type Case } from "./case.ts";

export const delivery: readonly Case[] = [
  {
    policy: "private-buckets-are-not-force-cached",
    title: "a private bucket, and one of another stack",
    resources: [
      bucket("media"),
      backendBucket("cdn", { bucketName: "media", cdnPolicy: { cacheMode: "FORCE_CACHE_ALL" } }),
      backendBucket("foreign", { bucketName: "elsewhere", cdnPolicy: { cacheMode: "FORCE_CACHE_ALL" } }),
    ],
    found: ["cdn", "foreign"].map(
      (name) => `BackendBucket "${name}" caches everything from a private bucket.`,
    ),
  },
  {
    policy: "private-buckets-are-not-force-cached",
    title: "a public bucket, and a private one in another mode",
    resources: [
      bucket("open"),
      bucketGrant("everybody", { bucket: "open", role: "roles/storage.objectViewer", member: "allUsers" }),
      backendBucket("public", { bucketName: "open", cdnPolicy: { cacheMode: "FORCE_CACHE_ALL" } }),
      bucket("media"),
      backendBucket("private", { bucketName: "media", cdnPolicy: { cacheMode: "USE_ORIGIN_HEADERS" } }),
    ],
    found: [],
  },
  {
    policy: "misses-are-forgotten-soon",
    title: "Google's default, and a long time",
    resources: [
      backendBucket("silent", { enableCdn: true, cdnPolicy: { negativeCaching: true } }),
      backendBucket("said", {
        enableCdn: true,
        cdnPolicy: { negativeCachingPolicies: [{ code: 404, ttl: 11 }] },
      }),
    ],
    found: [
      'BackendBucket "silent" caches a 404 for 120 seconds; at most 10.',
      'BackendBucket "said" caches a 404 for 11 seconds; at most 10.',
    ],
  },
  {
    policy: "misses-are-forgotten-soon",
    title: "a second, no negative caching, and no CDN",
    resources: [
      backendBucket("second", {
        enableCdn: true,
        cdnPolicy: {
          negativeCaching: true,
          negativeCachingPolicies: [
            { code: 410, ttl: 120 },
            { code: 404, ttl: 1 },
          ],
        },
      }),
      backendBucket("none", { enableCdn: true, cdnPolicy: { negativeCaching: false } }),
      backendBucket("off", { enableCdn: false }),
    ],
    found: [],
  },
];
