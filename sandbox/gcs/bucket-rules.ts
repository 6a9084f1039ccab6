import { checkPlacement } from "../../components/placement/index.ts";
import { describeProblem } from "../../components/validation/problem.ts";
import type { BucketRecord, BucketSettings } from "./bucket-schema.ts";
import { conflict, forbidden, invalid } from "./errors.ts";

/** Paths of the JSON API: buckets of these names would be shadowed; on Google Cloud they are taken anyway. */
const RESERVED = new Set(["storage", "upload", "download", "projects"]);

/**
 * @throws for names that break https://docs.cloud.google.com/storage/docs/buckets#naming
 */
export function checkBucketName(name: string): void {
  const parts = name.split(".");
  const wrong =
    name.length < 3 ||
    name.length > (parts.length > 1 ? 222 : 63) ||
    !/^[a-z0-9][a-z0-9._-]*[a-z0-9]$/.test(name) ||
    parts.some((part) => part.length === 0 || part.length > 63 || /^-|-$/.test(part)) ||
    /^\d+\.\d+\.\d+\.\d+$/.test(name) ||
    name.startsWith("goog") ||
    /google|g00gle/.test(name);
  if (wrong) throw invalid(`Invalid bucket name: '${name}'`, "name");
  if (RESERVED.has(name)) {
    throw conflict(
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
      "BucketNameUnavailable",
    );
  }
}

const LOCATION_TYPES = {
  Region: "region",
  DualRegion: "dual-region",
  MultiRegion: "multi-region",
} as const;

/** Fills in what Google fills in, in upper case, and refuses placements that Google does not offer. */
export function withPlacement(settings: BucketSettings): {
  settings: BucketSettings;
  locationType: BucketRecord["locationType"];
} {
  const location = (settings.location ?? "US").toUpperCase();
  const dataLocations = settings.customPlacementConfig?.dataLocations.map((name) => name.toUpperCase());
  const verdict = checkPlacement({
    location,
    ...(dataLocations && { dataLocations }),
    ...(settings.rpo !== undefined && { rpo: settings.rpo }),
  });
  if (verdict.problems.length > 0 || verdict.kind === "Unknown") {
    throw invalid(`Invalid placement. ${verdict.problems.map(describeProblem).join(" ")}`);
  }
  const replicated = verdict.kind !== "Region";
  return {
    settings: {
      ...settings,
      location,
      ...(dataLocations && { customPlacementConfig: { dataLocations: dataLocations.sort() } }),
      ...(replicated && { rpo: settings.rpo ?? "DEFAULT" }),
    },
    locationType: LOCATION_TYPES[verdict.kind],
  };
}

const DAY_SECONDS = 86_400;
/** https://docs.cloud.google.com/storage/docs/soft-delete: off, or 7 to 90 days; 7 days unless set. */
const SOFT_DELETE_DEFAULT_SECONDS = 7 * DAY_SECONDS;
const SOFT_DELETE_MAX_SECONDS = 90 * DAY_SECONDS;
/** Uniform access can be turned off again for 90 days: https://docs.cloud.google.com/storage/docs/uniform-bucket-level-access */
const UNIFORM_LOCK_DAYS = 90;

/** Settings with Google's defaults and the times that Google derives from them. */
export function withDefaults(
  settings: BucketSettings,
  before: BucketSettings | undefined,
  now: Date,
): BucketSettings {
  const seconds = settings.softDeletePolicy?.retentionDurationSeconds ?? String(SOFT_DELETE_DEFAULT_SECONDS);
  if (
    Number(seconds) !== 0 &&
    (Number(seconds) < SOFT_DELETE_DEFAULT_SECONDS || Number(seconds) > SOFT_DELETE_MAX_SECONDS)
  ) {
    throw invalid(
      `softDeletePolicy.retentionDurationSeconds: given ${seconds}; allowed: 0, or ${SOFT_DELETE_DEFAULT_SECONDS} to ${SOFT_DELETE_MAX_SECONDS}.`,
    );
  }
  const softDelete = before?.softDeletePolicy;
  const unchanged = softDelete?.retentionDurationSeconds === seconds ? softDelete.effectiveTime : undefined;
  const { retentionPolicy, autoclass } = settings;
  return {
    ...settings,
    storageClass: settings.storageClass ?? "STANDARD",
    iamConfiguration: accessConfiguration(settings, now),
    softDeletePolicy: {
      retentionDurationSeconds: seconds,
      effectiveTime: unchanged ?? now.toISOString(),
    },
    ...(retentionPolicy && {
      retentionPolicy: {
        ...retentionPolicy,
        effectiveTime: retentionPolicy.effectiveTime ?? now.toISOString(),
      },
    }),
    ...(autoclass?.enabled === true && {
      autoclass: {
        ...autoclass,
        toggleTime: autoclass.toggleTime ?? now.toISOString(),
        terminalStorageClass: autoclass.terminalStorageClass ?? "NEARLINE",
      },
    }),
  };
}

/** Autoclass has the classes to itself. https://docs.cloud.google.com/storage/docs/autoclass */
export function checkAutoclass({ autoclass, storageClass, lifecycle }: BucketSettings): void {
  if (autoclass?.enabled !== true) return;
  if ((storageClass ?? "STANDARD") !== "STANDARD") {
    throw invalid(
      `A bucket with Autoclass has the default storage class STANDARD, not ${storageClass ?? ""}.`,
    );
  }
  const rules = lifecycle?.rule ?? [];
  if (rules.some(({ condition }) => condition.matchesStorageClass !== undefined)) {
    throw invalid("Lifecycle conditions cannot contain matchesStorageClass in a bucket with Autoclass.");
  }
}

/** What is locked can only grow. https://docs.cloud.google.com/storage/docs/bucket-lock */
export function checkLock(before: BucketSettings, after: BucketSettings): void {
  const locked = before.retentionPolicy;
  if (locked?.isLocked !== true) return;
  if (after.retentionPolicy === undefined) throw forbidden("Cannot remove a locked retention policy.");
  if (Number(after.retentionPolicy.retentionPeriod) < Number(locked.retentionPeriod)) {
    throw forbidden("Cannot reduce the retention period of a locked retention policy.");
  }
}

type AccessConfiguration = NonNullable<BucketSettings["iamConfiguration"]>;

/** `bucketPolicyOnly` is the older name of `uniformBucketLevelAccess`: Google returns both. */
function accessConfiguration(settings: BucketSettings, now: Date): AccessConfiguration {
  const given = settings.iamConfiguration;
  const uniform = given?.uniformBucketLevelAccess ?? given?.bucketPolicyOnly;
  const lockedTime =
    uniform?.lockedTime ?? new Date(now.getTime() + UNIFORM_LOCK_DAYS * DAY_SECONDS * 1000).toISOString();
  const both = uniform?.enabled === true ? { enabled: true, lockedTime } : { enabled: false };
  return {
    bucketPolicyOnly: both,
    uniformBucketLevelAccess: both,
    publicAccessPrevention: given?.publicAccessPrevention ?? "inherited",
  };
}
