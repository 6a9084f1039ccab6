import { multiRegion } from "../../../components/index.ts";
import { accessRefusals } from "./media-bucket-access.ts";
import { lifecycleRefusals } from "./media-bucket-lifecycle.ts";
import { placementRefusals } from "./media-bucket-placement.ts";
import { protectionRefusals } from "./media-bucket-protection.ts";
import { bucketRefusal } from "./media-bucket-refusal.ts";
import type { Refusal } from "./refusal.ts";

export const mediaBucketRefusals: Refusal[] = [
  ...placementRefusals,
  ...lifecycleRefusals,
  ...protectionRefusals,
  ...accessRefusals,
  bucketRefusal(
    "several wrong arguments at once",
    { placement: multiRegion("US"), bucketName: "X", abortIncompleteUploadsAfterDays: -1 },
    "accessPattern: given ActiveActive with location US (a multi-region); allowed: a dual-region with rpo " +
      "ASYNC_TURBO. Reason: only a dual-region lets you place compute in the bucket's own two regions " +
      "(reads are free from both, turbo replication aims at a recovery point of 15 minutes); a multi-region " +
      "gives no say over its regions, charges for every read, and has a recovery point of 12 hours. Fix: " +
      "place it in a dual-region, such as NAM4 (us-central1 + us-east1) or US with us-central1 + us-east4, " +
      "with rpo ASYNC_TURBO; or, if one region at a time writes, declare it SingleWriter",
    'bucketName: given "X"; allowed: 3 to 63 lower-case letters, digits, - and _, first and last a letter ' +
      "or digit; with dots up to 222, each part up to 63. Reason: it has a character that bucket names " +
      "cannot have. Fix: choose another name, or leave bucketName out to have one made from the component's " +
      "name",
    "abortIncompleteUploadsAfterDays: given -1; allowed: whole days, 1 or more. Fix: give a number of " +
      "days",
  ),
];
