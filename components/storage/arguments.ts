import {
  checkPlacement,
  PlacementKind,
  Rpo,
  type Placement,
  type PlacementVerdict,
} from "../placement/index.ts";
import { problems, shown, type Problem } from "../validation/index.ts";
import { archiveCostWarnings } from "./archive-costs.ts";
import { archiveLadderProblems, daysProblems, prefixProblems } from "./archive.ts";
import { encryptionProblems } from "./encryption.ts";
import type { MediaBucketArgs } from "./media-bucket-args.ts";
import { bucketNameProblems, labelProblems } from "./naming.ts";

/** Soft delete keeps for 7 to 90 days. Source: https://docs.cloud.google.com/storage/docs/soft-delete */
const SOFT_DELETE_SECONDS = { shortest: 604_800, longest: 7_776_000 } as const;

/** Prefixes and suffixes in all lifecycle rules of a bucket. Source: https://docs.cloud.google.com/storage/docs/lifecycle */
const MOST_PREFIXES = 1_000;

/** Arguments found good, with every default filled in. */
export interface CheckedArguments extends MediaBucketArgs {
  rpo?: Rpo;
  abortIncompleteUploadsAfterDays: number;
  softDeleteRetentionSeconds: number;
  disposable: boolean;
  warnings: string[];
}

/**
 * Checks everything that is known before the bucket is made.
 *
 * @throws {InvalidArguments} with all problems at once
 */
export function checkedArguments(name: string, args: MediaBucketArgs): CheckedArguments {
  const found = problems();
  const disposable = args.disposable ?? false;
  const abortIncompleteUploadsAfterDays = args.abortIncompleteUploadsAfterDays ?? 7;
  const softDeleteRetentionSeconds =
    args.softDeleteRetentionSeconds ?? (disposable ? 0 : SOFT_DELETE_SECONDS.shortest);
  const { rpo, verdict } = replicationOf(args);

  for (const problem of verdict.problems) {
    found.addAll([problem], PLACEMENT_PATHS.has(problem.path) ? "placement" : undefined);
  }
  found.addAll(handMadeProblems(args.placement, verdict), "placement");
  found.addAll(bucketNameProblems(args.bucketName));
  found.addAll(labelProblems(args.labels ?? {}));
  found.addAll(encryptionProblems(args));
  if (args.archive !== undefined) found.addAll(archiveLadderProblems(args.archive), "archive");
  args.temporaryPrefixes?.forEach(({ prefix, expireAfterDays }, index) => {
    found.addAll(prefixProblems(prefix, `temporaryPrefixes[${index}].prefix`));
    found.addAll(daysProblems(expireAfterDays, `temporaryPrefixes[${index}].expireAfterDays`));
  });
  found.addAll(prefixCountProblems(args));
  found.addAll(daysProblems(abortIncompleteUploadsAfterDays, "abortIncompleteUploadsAfterDays"));
  found.addAll(softDeleteProblems(softDeleteRetentionSeconds));
  found.throwIfAny(`MediaBucket ${shown(name)}`);

  return {
    ...args,
    ...(rpo && { rpo }),
    abortIncompleteUploadsAfterDays,
    softDeleteRetentionSeconds,
    disposable,
    warnings: [...verdict.warnings, ...archiveCostWarnings({ ...args, softDeleteRetentionSeconds })],
  };
}

const PLACEMENT_PATHS: ReadonlySet<string> = new Set(["location", "dataLocations"]);

/** Turbo replication is the default wherever it exists, so that a dual-region is ready for writers in both regions. */
function replicationOf(args: MediaBucketArgs): { rpo: Rpo | undefined; verdict: PlacementVerdict } {
  const { accessPattern, placement } = args;
  const { dataLocations, location } = placement;
  const where = { location, ...(dataLocations && { dataLocations }), accessPattern };
  const isDualRegion = checkPlacement(where).kind === PlacementKind.DualRegion;
  const rpo = args.rpo ?? (isDualRegion ? Rpo.ASYNC_TURBO : undefined);
  return { rpo, verdict: checkPlacement({ ...where, ...(rpo && { rpo }) }) };
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
