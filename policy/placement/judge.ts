import {
  AccessPattern,
  checkPlacement,
  Rpo,
  type PlacementVerdict,
} from "../../components/placement/index.ts";
import { isPlacementKnown, type Bucket } from "./bucket.ts";
import { UNKNOWN } from "../model/known.ts";

/** Judgement of one bucket. */
export type Judgement =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly verdict: PlacementVerdict; readonly location: string }
  | { readonly kind: "undecided" };

/**
 * Whether a bucket is suitable for writers in two regions. Unknown properties are assumed to be good, so that a bucket
 * that fails anyway is refused in the preview.
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
