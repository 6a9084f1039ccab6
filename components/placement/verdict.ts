import type { Problem } from "../validation/problem.ts";
import type { PlacementKind } from "./types.ts";

/** A bucket's placement as written, by a component's user or in a raw bucket. */
export interface PlacementToCheck {
  /** `location`, in any letter case. */
  readonly location: string;
  /** `customPlacementConfig.dataLocations`, in any letter case; absent where the bucket has none. */
  readonly dataLocations?: readonly string[];
  /** `rpo`; absent means that the bucket does not set it. */
  readonly rpo?: string;
  /** How the bucket is written; undefined if not known. */
  readonly accessPattern?: string;
}

/** How Google would treat a placement. Paths in `problems` are the names of {@link PlacementToCheck}. */
export interface PlacementVerdict {
  readonly kind: PlacementKind | "Unknown";
  /** The regions that the bucket is in, in lower case; empty where Google chooses them or they are not known. */
  readonly regions: string[];
  /** Reasons to refuse. Empty: Google offers this placement, and it fits the access pattern. */
  readonly problems: Problem[];
  /** Things to know that are no reason to refuse. */
  readonly warnings: string[];
}
