/** File extensions of playlists and manifests. */
export const PLAYLIST_EXTENSIONS = [".m3u8", ".mpd"] as const;

/**
 * Routes playlists and all other objects of every host to their backends.
 *
 * Path rules cannot distinguish them: they allow `*` only at the end, after a `/`. Route rules can, with
 * `pathTemplateMatch`, where `**` matches any path and text may follow it. They need the scheme `EXTERNAL_MANAGED`.
 *
 * Source: https://docs.cloud.google.com/load-balancing/docs/url-map-concepts
 */
export function mediaRoutes<Backend>({ playlists, segments }: { playlists: Backend; segments: Backend }) {
  return {
    defaultService: segments,
    hostRules: [{ hosts: ["*"], pathMatcher: "media" }],
    pathMatchers: [
      {
        name: "media",
        defaultService: segments,
        routeRules: [
          {
            priority: 1,
            matchRules: PLAYLIST_EXTENSIONS.map((extension) => ({ pathTemplateMatch: `/**${extension}` })),
            service: playlists,
          },
        ],
      },
    ],
  };
}

/** Sends every request to the same address by HTTPS, for good. */
export const HTTPS_REDIRECT = {
  httpsRedirect: true,
  redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
  stripQuery: false,
} as const;
