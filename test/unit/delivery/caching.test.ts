import { describe, expect, test } from "vitest";
import { DeliveryAccess } from "../../../components/delivery/access.ts";
import { cdnPolicyOf, CdnPreset } from "../../../components/delivery/caching.ts";
import { mediaRoutes } from "../../../components/delivery/url-map.ts";

const { SignedRequests, Everyone } = DeliveryAccess;

describe("what the CDN keeps for signed requests", () => {
  test("a finished playlist a minute, a segment a year, a missing object five seconds", () => {
    expect(cdnPolicyOf("segments", {}, SignedRequests)).toEqual({
      cacheMode: "USE_ORIGIN_HEADERS",
      negativeCaching: true,
      negativeCachingPolicies: [
        { code: 404, ttl: 5 },
        { code: 410, ttl: 5 },
        { code: 405, ttl: 60 },
        { code: 501, ttl: 60 },
      ],
      requestCoalescing: true,
      serveWhileStale: 86_400,
      signedUrlCacheMaxAgeSec: 31_536_000,
    });
    expect(cdnPolicyOf("playlists", {}, SignedRequests).signedUrlCacheMaxAgeSec).toBe(60);
  });

  test("a live playlist a second and never stale, a segment that came too early a second", () => {
    const { signedUrlCacheMaxAgeSec, serveWhileStale, negativeCachingPolicies } = cdnPolicyOf(
      "playlists",
      { preset: CdnPreset.Live },
      SignedRequests,
    );
    expect([signedUrlCacheMaxAgeSec, serveWhileStale]).toEqual([1, 0]);
    expect(negativeCachingPolicies).toContainEqual({ code: 404, ttl: 1 });
  });

  test("what is given, before what the preset says", () => {
    const caching = {
      preset: CdnPreset.Live,
      playlistSeconds: 2,
      missingSeconds: 0,
      queryParameters: ["version"],
    };
    expect(cdnPolicyOf("playlists", caching, SignedRequests)).toMatchObject({
      signedUrlCacheMaxAgeSec: 2,
      negativeCachingPolicies: expect.arrayContaining([{ code: 404, ttl: 0 }]) as unknown,
      cacheKeyPolicy: { queryStringWhitelists: ["version"] },
    });
  });
});

describe("what the CDN keeps for everyone", () => {
  test("by its own times, at the viewer no longer than a day, which is Google's most", () => {
    expect(cdnPolicyOf("segments", {}, Everyone)).toMatchObject({
      cacheMode: "CACHE_ALL_STATIC",
      defaultTtl: 31_536_000,
      maxTtl: 31_536_000,
      clientTtl: 86_400,
    });
  });

  test("by the objects' own Cache-Control, where that is asked for, and by no times beside it", () => {
    const policy = cdnPolicyOf("segments", { cacheMode: "USE_ORIGIN_HEADERS" }, Everyone);
    expect(Object.keys(policy).filter((key) => key.endsWith("Ttl"))).toEqual([]);
  });
});

test("playlists go to their own backend by their extensions, everything else to the other", () => {
  const { defaultService, pathMatchers } = mediaRoutes({ playlists: "playlists", segments: "segments" });
  expect(defaultService).toBe("segments");
  expect(pathMatchers).toEqual([
    {
      name: "media",
      defaultService: "segments",
      routeRules: [
        {
          priority: 1,
          matchRules: [{ pathTemplateMatch: "/**.m3u8" }, { pathTemplateMatch: "/**.mpd" }],
          service: "playlists",
        },
      ],
    },
  ]);
});
