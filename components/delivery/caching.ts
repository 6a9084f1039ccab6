import { sorted } from "../validation/index.ts";
import { DeliveryAccess } from "./access.ts";

/** Times to begin with. */
export const CdnPreset = {
  /** Finished presentations: playlists change seldom, segments never. */
  OnDemand: "OnDemand",
  /** Presentations that grow: a playlist is new every few seconds, and a segment may be asked for before it is there. */
  Live: "Live",
} as const;
export type CdnPreset = (typeof CdnPreset)[keyof typeof CdnPreset];

/**
 * Who says how long an unsigned response is kept. Google's third mode, `FORCE_CACHE_ALL`, is not offered: it keeps what
 * the origin marks private, and the bucket is private.
 * Source: https://docs.cloud.google.com/cdn/docs/caching#cache-modes
 */
export const CdnCacheMode = {
  /** The object's own `Cache-Control`. */
  USE_ORIGIN_HEADERS: "USE_ORIGIN_HEADERS",
  /** The object's own `Cache-Control`, and the times given here for static content without one. */
  CACHE_ALL_STATIC: "CACHE_ALL_STATIC",
} as const;
export type CdnCacheMode = (typeof CdnCacheMode)[keyof typeof CdnCacheMode];

/** How long Cloud CDN caches objects, in seconds. */
export interface CdnCaching {
  /** Times to begin with. @default "OnDemand" */
  readonly preset?: CdnPreset;
  /** Playlists and manifests (`.m3u8`, `.mpd`), 0 to 31622400. @default 60 on demand, 1 live */
  readonly playlistSeconds?: number;
  /** Everything else, 0 to 31622400. @default 31536000 on demand, 86400 live */
  readonly segmentSeconds?: number;
  /**
   * Not found (404) and gone (410), 0 to 1800. Without it Cloud CDN keeps them 120 seconds, in which a live segment that
   * was asked for too early stays missing. A 403 is never kept.
   * Source: https://docs.cloud.google.com/cdn/docs/using-negative-caching
   * @default 5 on demand, 1 live
   */
  readonly missingSeconds?: number;
  /**
   * For how long a segment that has ended may be served while it is asked for again, 0 to 604800. Live playlists never are.
   * Source: https://docs.cloud.google.com/cdn/docs/serving-stale-content
   * @default 86400
   */
  readonly staleSeconds?: number;
  /**
   * Query parameters that make a request another one. All others are left out of the cache key, so that a viewer's own
   * parameters cost no second copy.
   * @default none
   */
  readonly queryParameters?: string[];
  /**
   * What decides how long an unsigned response is cached. Responses to signed requests are cached for the times above,
   * regardless of this mode and of the object's metadata.
   * @default `USE_ORIGIN_HEADERS` for signed requests, `CACHE_ALL_STATIC` for everyone
   */
  readonly cacheMode?: CdnCacheMode;
}

/** The two kinds of objects, each with its own backend. */
export type MediaKind = "playlists" | "segments";

/** Source of all four: https://docs.cloud.google.com/compute/docs/reference/rest/v1/backendBuckets */
export const LONGEST_SECONDS = {
  cache: 31_622_400,
  browser: 86_400,
  missing: 1_800,
  stale: 604_800,
} as const;

type Times = Required<Pick<CdnCaching, "playlistSeconds" | "segmentSeconds" | "missingSeconds">>;

/**
 * A year for objects that never change; a day for live segments, which are not requested later. A live playlist is
 * cached for less than a segment's duration.
 */
const PRESETS: Readonly<Record<CdnPreset, Times & { readonly stalePlaylistSeconds: number }>> = {
  OnDemand: {
    playlistSeconds: 60,
    segmentSeconds: 31_536_000,
    missingSeconds: 5,
    stalePlaylistSeconds: 3_600,
  },
  Live: { playlistSeconds: 1, segmentSeconds: 86_400, missingSeconds: 1, stalePlaylistSeconds: 0 },
};

/** Cloud CDN's own behaviour for methods that objects do not support. */
const WRONG_METHOD_SECONDS = 60;

/** A `cdnPolicy` of `gcp.compute.BackendBucket`, in plain values. */
export interface CdnPolicy {
  cacheMode: CdnCacheMode;
  defaultTtl?: number;
  clientTtl?: number;
  maxTtl?: number;
  negativeCaching: boolean;
  negativeCachingPolicies: { code: number; ttl: number }[];
  requestCoalescing: boolean;
  serveWhileStale: number;
  signedUrlCacheMaxAgeSec: number;
  cacheKeyPolicy?: { queryStringWhitelists: string[] };
}

/** The mode in which an access caches unsigned responses. */
export function cacheModeOf(caching: CdnCaching, access: DeliveryAccess): CdnCacheMode {
  const signed = access === DeliveryAccess.SignedRequests;
  return caching.cacheMode ?? (signed ? CdnCacheMode.USE_ORIGIN_HEADERS : CdnCacheMode.CACHE_ALL_STATIC);
}

/**
 * The CDN policy of one kind's backend.
 *
 * Cloud CDN treats every response to a signed request as `public, max-age=signedUrlCacheMaxAgeSec`, "regardless of any
 * existing Cache-Control header": so object metadata cannot give playlists and segments different times, and each kind
 * has its own backend bucket on the same bucket.
 */
export function cdnPolicyOf(kind: MediaKind, caching: CdnCaching, access: DeliveryAccess): CdnPolicy {
  const preset = PRESETS[caching.preset ?? CdnPreset.OnDemand];
  const times = { ...preset, ...caching };
  const playlists = kind === "playlists";
  const seconds = playlists ? times.playlistSeconds : times.segmentSeconds;
  const cacheMode = cacheModeOf(caching, access);
  const queryParameters = sorted(caching.queryParameters ?? []);
  return {
    cacheMode,
    ...(cacheMode !== CdnCacheMode.USE_ORIGIN_HEADERS && {
      defaultTtl: seconds,
      clientTtl: Math.min(seconds, LONGEST_SECONDS.browser),
      maxTtl: seconds,
    }),
    negativeCaching: true,
    negativeCachingPolicies: [
      ...[404, 410].map((code) => ({ code, ttl: times.missingSeconds })),
      ...[405, 501].map((code) => ({ code, ttl: WRONG_METHOD_SECONDS })),
    ],
    requestCoalescing: true,
    serveWhileStale: playlists ? preset.stalePlaylistSeconds : (caching.staleSeconds ?? 86_400),
    signedUrlCacheMaxAgeSec: seconds,
    ...(queryParameters.length > 0 && { cacheKeyPolicy: { queryStringWhitelists: queryParameters } }),
  };
}
