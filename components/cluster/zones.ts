import { shown, type Problem } from "../validation/index.ts";
import type { EncoderNodePool } from "./encoder-cluster-args.ts";

/**
 * A pool's nodes are in zones of its cluster's region.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools
 */
export function zoneProblems(region: string, pools: readonly EncoderNodePool[]): Problem[] {
  return pools.flatMap(({ zones = [] }, pool) =>
    zones.flatMap((zone, index): Problem[] => {
      const letter = zone.startsWith(`${region}-`) ? zone.slice(region.length + 1) : "";
      if (/^[a-z]$/.test(letter)) return [];
      return [
        {
          path: `encoderPools[${pool}].zones[${index}]`,
          given: shown(zone),
          allowed: `zones of ${region}: ${shown(`${region}-a`)}`,
          because: "a cluster's nodes are in its own region.",
          fix: "name zones of that region; leave zones out where pools are the same in two regions",
        },
      ];
    }),
  );
}
