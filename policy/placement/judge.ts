import {
  AccessPattern,
  checkPlacement,
  Rpo,
  type PlacementVerdict,
} from "../../components/placement/index.ts";
import { isPlacementKnown, type Bucket } from "./bucket.ts";
import { UNKNOWN } from "../model/known.ts";

/** What a rule makes of one bucket. */
export type Judgement =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly verdict: PlacementVerdict; readonly location: string }
  | { readonly kind: "undecided" };

/**
 * Whether a bucket can take writers in two regions. Decides as early as the facts allow: what is not known yet is
 * taken at its best, and what fails even so is refused already in a preview.
 */
export function judgeForTwoWriters(bucket: Bucket): Judgement {
  if (bucket.location === UNKNOWN || bucket.dataLocations === UNKNOWN) return { kind: "undecided" };
  const location = bucket.location ?? "";
  const rpo = bucket.rpo === UNKNOWN ? Rpo.ASYNC_TURBO : bucket.rpo;
  const verdict = checkPlacement({
    location,
    ...(bucket.dataLocations && { dataLocations: bucket.dataLocations }),
    ...(rpo !== undefined && { rpo }),
    accessPattern: AccessPattern.ActiveActive,
  });
  const decisive =
    bucket.rpo === UNKNOWN ? verdict.problems.filter(({ path }) => path !== "rpo") : verdict.problems;
  if (decisive.length > 0) return { kind: "refused", verdict: { ...verdict, problems: decisive }, location };
  return isPlacementKnown(bucket) ? { kind: "accepted" } : { kind: "undecided" };
}
