import type { StackValidationPolicy } from "@pulumi/policy";
import { checkPlacement } from "../../components/placement/index.ts";
import type { StackGraph } from "../model/graph.ts";
import { BUCKET, CLUSTER } from "../model/kinds.ts";
import { read, text, UNKNOWN } from "../model/known.ts";
import { stackRule } from "../model/rule.ts";
import { dataLocationsIn } from "./bucket.ts";
import { zoneless } from "./residency.ts";

export const clustersRunInBucketRegions: StackValidationPolicy = stackRule({
  name: "clusters-run-in-bucket-regions",
  family: "placement",
  subject: "a Kubernetes cluster",
  tokens: CLUSTER,
  displayName: "Clusters run in a region of the stack's buckets",
  description:
    "A cluster in a stack with regional or dual-region buckets must run in one of those buckets' regions.",
  severity: "high",
  url: "https://cloud.google.com/storage/pricing",
  reason:
    "reads from another region are charged for every byte, and each one crosses regions; from a bucket's own regions they are free.",
  fix: "run the cluster in a region of the bucket, or place the bucket in a dual-region that has the cluster's region",
  *judge({ props }, stack) {
    const location = text(props, "location");
    const regions = stack.once(bucketRegions, bucketRegions);
    if (location === undefined || regions.length === 0) return;
    const region = zoneless(location.toLowerCase());
    if (!regions.includes(region)) {
      yield `runs in ${region}, where no bucket of this stack is; they are in ${regions.join(" and ")}`;
    }
  },
});

/** The regions of all buckets; a multi-region has none that one could run in. */
function bucketRegions(stack: StackGraph): string[] {
  const regions = stack.ofKind(BUCKET).flatMap(({ props }) => {
    const location = read(() => text(props, "location"));
    const dataLocations = read(() => dataLocationsIn(props));
    if (location === UNKNOWN || location === undefined || dataLocations === UNKNOWN) return [];
    return checkPlacement({ location, ...(dataLocations && { dataLocations }) }).regions;
  });
  return [...new Set(regions)].sort();
}
