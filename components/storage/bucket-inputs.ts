import type * as gcp from "@pulumi/gcp";
import { ACCESS_PATTERN_LABEL, ACCESS_PATTERN_LABEL_VALUES } from "../placement/index.ts";
import { accessLogsOf } from "./access-logs.ts";
import type { CheckedArguments } from "./media-bucket-checks.ts";
import { autoclassOf } from "./autoclass.ts";
import { corsOf } from "./cors.ts";
import { encryptionOf } from "./encryption.ts";
import { ipFilterOf } from "./ip-filter.ts";
import { lifecycleRules } from "./lifecycle.ts";
import { retentionOf } from "./retention.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** The bucket's own fields, all but its name. */
export function bucketInputs(checked: CheckedArguments): Omit<gcp.storage.BucketArgs, "name"> {
  const { disposable, placement } = checked;
  return {
    ...withoutUndefined({ project: checked.projectId }),
    location: placement.location.toUpperCase(),
    ...(placement.dataLocations && {
      customPlacementConfig: { dataLocations: placement.dataLocations.map((one) => one.toUpperCase()) },
    }),
    ...withoutUndefined({ rpo: checked.rpo, storageClass: checked.storageClass }),
    ...autoclassOf(checked),
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    ...encryptionOf(checked),
    softDeletePolicy: { retentionDurationSeconds: checked.softDeleteRetentionSeconds },
    // Left out, the provider would keep what the bucket has; one with folders has never had versions.
    ...(checked.hierarchicalNamespace !== true && { versioning: { enabled: checked.versioning ?? false } }),
    ...retentionOf(checked),
    ...corsOf(checked.cors),
    ...ipFilterOf(checked.ipFilter),
    ...accessLogsOf(checked.accessLogs, checked.adopt?.bucketName ?? checked.bucketName),
    lifecycleRules: lifecycleRules(checked),
    labels: {
      ...checked.labels,
      [ACCESS_PATTERN_LABEL]: ACCESS_PATTERN_LABEL_VALUES[checked.accessPattern],
    },
    forceDestroy: disposable,
    deletionPolicy: disposable ? "DELETE" : "PREVENT",
  };
}
