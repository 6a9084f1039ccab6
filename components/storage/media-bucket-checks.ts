import {
  ACCESS_PATTERN_LABEL,
  AccessPattern,
  checkPlacement,
  PlacementKind,
  Rpo,
  type Placement,
  type PlacementVerdict,
} from "../placement/index.ts";
import { labelProblems, problems, shown, type Problem } from "../validation/index.ts";
import { archiveCostWarnings } from "./archive-costs.ts";
import { archiveLadderProblems, daysProblems, prefixProblems } from "./archive.ts";
import { accessLogsProblems } from "./access-logs.ts";
import { adoptionProblems } from "./adoption.ts";
import { classProblems } from "./autoclass.ts";
import { corsProblems } from "./cors.ts";
import { encryptionProblems } from "./encryption.ts";
import { grantProblems } from "./grants.ts";
import { ipFilterProblems } from "./ip-filter.ts";
import { prefixesByDays } from "./lifecycle.ts";
import type { MediaBucketArgs } from "./media-bucket-args.ts";
import { bucketNameProblems, madeNameProblems } from "./naming.ts";
import { notificationProblems } from "./notifications.ts";
import { retentionProblems, retentionWarnings } from "./retention.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Soft delete keeps for 7 to 90 days. Source: https://docs.cloud.google.com/storage/docs/soft-delete */
const SOFT_DELETE_SECONDS = { shortest: 604_800, longest: 7_776_000 } as const;

/** Prefixes and suffixes in all lifecycle rules of a bucket. Source: https://docs.cloud.google.com/storage/docs/lifecycle */
const MOST_PREFIXES = 1_000;

/** Rules of a bucket. Source: https://docs.cloud.google.com/storage/docs/lifecycle */
const MOST_RULES = 100;

/** Labels that the component adds. */
export const OWN_LABELS = { [ACCESS_PATTERN_LABEL]: "accessPattern" };

/** Arguments found good, with every default filled in. */
export interface CheckedArguments extends MediaBucketArgs {
  accessPattern: AccessPattern;
  rpo?: Rpo;
  abortIncompleteUploadsAfterDays: number;
  softDeleteRetentionSeconds: number;
  disposable: boolean;
  warnings: string[];
}

/** Problems of the arguments, as far as they are known in advance. The component's name confirms a lock. */
export function mediaBucketProblems(name: string, args: MediaBucketArgs): readonly Problem[] {
  const found = problems();
  const { abortIncompleteUploadsAfterDays, softDeleteRetentionSeconds } = withDefaults(args);
  const { verdict } = replicationOf(args);

  for (const problem of verdict.problems) {
    found.addAll([problem], PLACEMENT_PATHS.has(problem.path) ? "placement" : undefined);
  }
  found.addAll(handMadeProblems(args.placement, verdict), "placement");
  found.addAll(bucketNameProblems(args.bucketName));
  if (nameOf(args) === undefined) found.addAll(madeNameProblems(name));
  found.addAll(adoptionProblems(args));
  found.addAll(labelProblems(args.labels ?? {}, OWN_LABELS));
  found.addAll(encryptionProblems(args));
  found.addAll(classProblems(args));
  if (args.archive !== undefined) {
    found.addAll(archiveLadderProblems(args.archive, args.storageClass), "archive");
  }
  args.temporaryPrefixes?.forEach(({ prefix, expireAfterDays }, index) => {
    found.addAll(prefixProblems(prefix, `temporaryPrefixes[${index}].prefix`));
    found.addAll(daysProblems(expireAfterDays, `temporaryPrefixes[${index}].expireAfterDays`));
  });
  found.addAll(prefixCountProblems(args));
  found.addAll(ruleCountProblems(args));
  found.addAll(daysProblems(abortIncompleteUploadsAfterDays, "abortIncompleteUploadsAfterDays"));
  found.addAll(softDeleteProblems(softDeleteRetentionSeconds));
  found.addAll(retentionProblems(name, args));
  found.addAll(corsProblems(args.cors ?? []));
  if (args.ipFilter !== undefined) found.addAll(ipFilterProblems(args.ipFilter));
  if (args.accessLogs !== undefined) found.addAll(accessLogsProblems(args.accessLogs, nameOf(args)));
  found.addAll(grantProblems(args.iamMembers ?? []));
  found.addAll(notificationProblems(args.notifications ?? []));
  return found.found;
}

/**
 * Checks everything that is known before the bucket is made.
 *
 * @throws {InvalidArguments} with all problems at once
 */
export function checkedArguments(name: string, args: MediaBucketArgs): CheckedArguments {
  const found = problems();
  found.addAll(mediaBucketProblems(name, args));
  found.throwIfAny(`MediaBucket ${shown(name)}`);
  const { rpo, verdict } = replicationOf(args);
  const complete = withDefaults(args);
  return {
    ...complete,
    ...withoutUndefined({ rpo }),
    warnings: [
      ...verdict.warnings,
      ...archiveCostWarnings(complete),
      ...retentionWarnings(args.retention, args.temporaryPrefixes ?? []),
    ],
  };
}

function withDefaults(args: MediaBucketArgs) {
  const disposable = args.disposable ?? false;
  return {
    ...args,
    accessPattern: args.accessPattern ?? AccessPattern.SingleWriter,
    disposable,
    abortIncompleteUploadsAfterDays: args.abortIncompleteUploadsAfterDays ?? 7,
    softDeleteRetentionSeconds:
      args.softDeleteRetentionSeconds ?? (disposable ? 0 : SOFT_DELETE_SECONDS.shortest),
  };
}

/** The bucket's name, where the user gives one. */
function nameOf({ adopt, bucketName }: MediaBucketArgs): MediaBucketArgs["bucketName"] {
  return adopt?.bucketName ?? bucketName;
}

const PLACEMENT_PATHS: ReadonlySet<string> = new Set(["location", "dataLocations"]);

/** Turbo replication is the default wherever it exists, so that a dual-region is ready for writers in both regions. */
function replicationOf(args: MediaBucketArgs): { rpo: Rpo | undefined; verdict: PlacementVerdict } {
  const { accessPattern = AccessPattern.SingleWriter, placement } = args;
  const { dataLocations, location } = placement;
  const where = { location, ...withoutUndefined({ dataLocations }), accessPattern };
  const isDualRegion = checkPlacement(where).kind === PlacementKind.DualRegion;
  const rpo = args.rpo ?? (isDualRegion ? Rpo.ASYNC_TURBO : undefined);
  return { rpo, verdict: checkPlacement({ ...where, ...withoutUndefined({ rpo }) }) };
}

/** A placement written by hand may contradict itself. */
function handMadeProblems(placement: Placement, verdict: PlacementVerdict): Problem[] {
  if (verdict.problems.length > 0) return [];
  const same =
    placement.kind === verdict.kind &&
    placement.regions.toSorted().join() === verdict.regions.toSorted().join();
  if (same) return [];
  return [
    {
      path: "regions",
      given: `${placement.kind} in ${shown(placement.regions)} with location ${placement.location}`,
      allowed: `${verdict.kind} in ${shown(verdict.regions)}`,
      fix: "make placements with region(), dualRegion(), predefined(), multiRegion() or parsePlacement()",
    },
  ];
}

function prefixCountProblems({ archive, temporaryPrefixes }: MediaBucketArgs): Problem[] {
  const inSteps = (archive?.steps ?? []).reduce((sum, step) => sum + (step.prefixes?.length ?? 0), 0);
  const count = inSteps + (temporaryPrefixes?.length ?? 0);
  if (count <= MOST_PREFIXES) return [];
  return [
    {
      path: "archive.steps, temporaryPrefixes",
      given: `${count} prefixes in all`,
      allowed: `up to ${MOST_PREFIXES} in a bucket's lifecycle rules`,
      fix: "use fewer, shorter prefixes",
    },
  ];
}

function ruleCountProblems({ archive, temporaryPrefixes }: MediaBucketArgs): Problem[] {
  // The last one aborts unfinished uploads.
  const count = (archive?.steps.length ?? 0) + prefixesByDays(temporaryPrefixes ?? []).length + 1;
  if (count <= MOST_RULES) return [];
  return [
    {
      path: "archive.steps, temporaryPrefixes",
      given: `${count} lifecycle rules: one for each step, one for each number of days, one for unfinished uploads`,
      allowed: `up to ${MOST_RULES}`,
      fix: "name several prefixes in one step, and let prefixes share their number of days",
    },
  ];
}

function softDeleteProblems(seconds: number): Problem[] {
  const { shortest, longest } = SOFT_DELETE_SECONDS;
  if (seconds === 0 || (Number.isSafeInteger(seconds) && seconds >= shortest && seconds <= longest))
    return [];
  return [
    {
      path: "softDeleteRetentionSeconds",
      given: shown(seconds),
      allowed: `0 (off), or ${shortest} (7 days) to ${longest} (90 days)`,
      fix: "choose a duration in this range",
    },
  ];
}
