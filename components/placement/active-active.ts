import { oneOfProblems } from "../validation/one-of.ts";
import { shown, type Problem } from "../validation/problem.ts";
import { describeText } from "./describe.ts";
import { dualRegionsNear } from "./near.ts";
import { AccessPattern, PlacementKind, Rpo } from "./types.ts";
import type { PlacementToCheck, PlacementVerdict } from "./verdict.ts";

/**
 * Why active-active writes need a dual-region. Replication is asynchronous there too: what counts is where compute
 * can stand, what reads cost, and how long an object may be missing after a region is lost.
 *
 * Sources: https://docs.cloud.google.com/storage/docs/locations,
 * https://docs.cloud.google.com/storage/docs/availability-durability
 */
export const WHY_DUAL_REGION =
  "only a dual-region lets you place compute in the bucket's own two regions " +
  "(reads are free from both, turbo replication aims at a recovery point of 15 minutes); a multi-region gives no say " +
  "over its regions, charges for every read, and has a recovery point of 12 hours.";

/** Active-active accepts a dual-region with turbo replication and nothing else. */
export function activeActiveProblems(given: PlacementToCheck, where: PlacementVerdict): Problem[] {
  const { accessPattern } = given;
  if (accessPattern === undefined) return [];
  const unknown = oneOfProblems("accessPattern", accessPattern, AccessPattern, " or ");
  if (unknown.length > 0) return unknown;
  if (accessPattern !== AccessPattern.ActiveActive) return [];
  if (where.kind !== PlacementKind.DualRegion) {
    return [
      {
        path: "accessPattern",
        given: `${AccessPattern.ActiveActive} with location ${given.location.toUpperCase()} (${KIND_NAMES[where.kind]})`,
        allowed: `a dual-region with rpo ${Rpo.ASYNC_TURBO}`,
        because: WHY_DUAL_REGION,
        fix:
          `place it in a dual-region, such as ${dualRegionsNear(given.location).map(describeText).join(" or ")}, with rpo ${Rpo.ASYNC_TURBO}; ` +
          `or, if one region at a time writes, declare it ${AccessPattern.SingleWriter}`,
      },
    ];
  }
  if (given.rpo === Rpo.ASYNC_TURBO) return [];
  return [
    {
      path: "rpo",
      given: `${given.rpo === undefined ? `nothing (Google's default is ${Rpo.DEFAULT})` : shown(given.rpo)} with ${AccessPattern.ActiveActive}`,
      allowed: Rpo.ASYNC_TURBO,
      because:
        "default replication has a recovery point of 12 hours, turbo replication of 15 minutes: " +
        "what is not replicated yet cannot be read while its region is out.",
      fix: `set rpo ${Rpo.ASYNC_TURBO}`,
    },
  ];
}

const KIND_NAMES = {
  Region: "a single region",
  DualRegion: "a dual-region",
  MultiRegion: "a multi-region",
  Unknown: "unknown",
} as const satisfies Record<PlacementVerdict["kind"], string>;
