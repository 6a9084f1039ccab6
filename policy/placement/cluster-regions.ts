import type { StackValidationPolicy } from "@pulumi/policy";
import { ACCESS_PATTERN_LABEL, checkPlacement } from "../../components/placement/index.ts";
import type { StackGraph } from "../model/graph.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { grantsOf, grantsOnResource } from "../model/iam.ts";
import { BUCKET, CLUSTER } from "../model/kinds.ts";
import { block, read, text, UNKNOWN } from "../model/known.ts";
import { identitiesOfMember } from "../model/members.ts";
import { stackRule } from "../model/rule.ts";
import { runningPrograms } from "../model/running.ts";
import { dataLocationsIn } from "./bucket.ts";
import { zoneless } from "./residency.ts";

export const clustersRunInBucketRegions: StackValidationPolicy = stackRule({
  name: "clusters-run-in-bucket-regions",
  family: "placement",
  subject: "a Kubernetes cluster",
  tokens: CLUSTER,
  displayName: "Clusters run in a region of the stack's buckets",
  description: "A cluster must run in a region of the buckets that its programs use.",
  severity: "high",
  url: "https://cloud.google.com/storage/pricing",
  reason:
    "reads from another region are charged by the byte, and cross regions every time; from a bucket's own regions they are free.",
  fix: "run the cluster in a region of the bucket, or place the bucket in a dual-region that includes the cluster's region",
  *judge(cluster, stack) {
    const location = text(cluster.props, "location");
    if (location === undefined) return;
    const used = bucketsUsedOn(cluster, stack);
    const regions = regionsOfBuckets(used.length > 0 ? used : stack.once(mediaBuckets, mediaBuckets));
    const region = zoneless(location.toLowerCase());
    if (regions.length > 0 && !regions.includes(region)) {
      yield `runs in ${region}, where no bucket of this stack is${used.length > 0 ? " that its programs use" : ""}; they are in ${regions.join(" and ")}`;
    }
  },
});

/** The buckets on which an identity of the cluster's pods or nodes is granted a role. */
function bucketsUsedOn(cluster: StackResource, stack: StackGraph): StackResource[] {
  const identities = new Set(
    runningPrograms(stack).flatMap(({ host, identity }) => (host === cluster.urn ? [identity] : [])),
  );
  if (identities.size === 0) return [];
  return stack
    .ofKind(BUCKET)
    .filter((bucket) => identitiesGrantedOn(bucket, stack).some((identity) => identities.has(identity)));
}

function identitiesGrantedOn(bucket: StackResource, stack: StackGraph): readonly string[] {
  return stack.once(`identities granted on ${bucket.urn}`, () =>
    grantsOnResource(bucket, "bucket", stack)
      .flatMap(grantsOf)
      .flatMap(({ members }) => members.flatMap((member) => identitiesOfMember(member, stack))),
  );
}

/** Buckets for media: dual-regions, and those with the label. */
function mediaBuckets(stack: StackGraph): StackResource[] {
  return stack.ofKind(BUCKET).filter(({ props }) => {
    const label = read(() => text(block(props, "labels") ?? {}, ACCESS_PATTERN_LABEL));
    return label !== undefined || regionsOfBuckets([{ props }]).length > 1;
  });
}

/** The regions of buckets; a multi-region has none to run in. */
function regionsOfBuckets(buckets: readonly Pick<StackResource, "props">[]): string[] {
  const regions = buckets.flatMap(({ props }) => {
    const location = read(() => text(props, "location"));
    const dataLocations = read(() => dataLocationsIn(props));
    if (location === UNKNOWN || location === undefined || dataLocations === UNKNOWN) return [];
    return checkPlacement({ location, ...(dataLocations && { dataLocations }) }).regions;
  });
  return [...new Set(regions)].sort();
}
