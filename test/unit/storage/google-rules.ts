/**
 * What Google's pages say of a bucket's settings, written down again without the components: locations from
 * https://docs.cloud.google.com/storage/docs/locations, rules from https://docs.cloud.google.com/storage/docs/lifecycle,
 * Autoclass from https://docs.cloud.google.com/storage/docs/autoclass.
 */
export interface BucketInputs {
  readonly location: string;
  readonly customPlacementConfig?: { readonly dataLocations: readonly string[] };
  readonly rpo?: string;
  readonly storageClass?: string;
  readonly autoclass?: { readonly enabled: boolean };
  readonly versioning?: { readonly enabled: boolean };
  readonly hierarchicalNamespace?: { readonly enabled: boolean };
  readonly retentionPolicy?: { readonly retentionPeriod: string; readonly isLocked?: boolean };
  readonly softDeletePolicy: { readonly retentionDurationSeconds: number };
  readonly lifecycleRules: readonly LifecycleRule[];
}

interface LifecycleRule {
  readonly action: { readonly type: string; readonly storageClass?: string };
  readonly condition: {
    readonly age?: number;
    readonly daysSinceCustomTime?: number;
    readonly sendAgeIfZero?: boolean;
    readonly matchesStorageClasses?: readonly string[];
    readonly matchesPrefixes?: readonly string[];
  };
}

/** Everything that Google would refuse, or do otherwise than the settings look. */
export function acceptedByGoogle(bucket: BucketInputs): string[] {
  return [
    ...placement(bucket),
    ...classes(bucket),
    ...protection(bucket),
    ...lifecycle(bucket.lifecycleRules),
  ];
}

const PREDEFINED = ["ASIA1", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4"];
const MULTI = ["US", "EU", "ASIA"];
const CONFIGURABLE: Readonly<Record<string, string[]>> = {
  ASIA: ["ASIA-EAST1", "ASIA-SOUTHEAST1"],
  AU: ["AUSTRALIA-SOUTHEAST1", "AUSTRALIA-SOUTHEAST2"],
  CA: ["NORTHAMERICA-NORTHEAST1", "NORTHAMERICA-NORTHEAST2"],
  DE: ["EUROPE-WEST3", "EUROPE-WEST10"],
  EU: "CENTRAL2 NORTH1 SOUTHWEST1 WEST1 WEST3 WEST4 WEST8 WEST9 WEST10 WEST12"
    .split(" ")
    .map((one) => `EUROPE-${one}`),
  IN: ["ASIA-SOUTH1", "ASIA-SOUTH2"],
  IT: ["EUROPE-WEST8", "EUROPE-WEST12"],
  US: "CENTRAL1 EAST1 EAST4 EAST5 SOUTH1 WEST1 WEST2 WEST3 WEST4".split(" ").map((one) => `US-${one}`),
};
/** Offered as predefined locations only. */
const RESERVED = ["EUROPE-NORTH1 EUROPE-WEST4", "US-CENTRAL1 US-EAST1"];

function placement({ location, customPlacementConfig, rpo }: BucketInputs): string[] {
  const pair = customPlacementConfig?.dataLocations;
  if (pair !== undefined) {
    const offered = CONFIGURABLE[location] ?? [];
    const good =
      pair.length === 2 &&
      new Set(pair).size === 2 &&
      pair.every((one) => offered.includes(one)) &&
      !RESERVED.includes([...pair].sort().join(" "));
    return good ? [] : [`no such dual-region: ${location} with ${pair.join(" + ")}`];
  }
  if (PREDEFINED.includes(location)) return [];
  if (MULTI.includes(location)) return rpo === "ASYNC_TURBO" ? ["turbo replication of a multi-region"] : [];
  if (!/^[A-Z]+-[A-Z]+\d+$/.test(location)) return [`no such location: ${location}`];
  return rpo === undefined ? [] : ["replication of one region"];
}

const COLDNESS = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"];

function classes({ autoclass, storageClass, lifecycleRules }: BucketInputs): string[] {
  if (autoclass?.enabled !== true) return [];
  const wrong: string[] = [];
  if ((storageClass ?? "STANDARD") !== "STANDARD") wrong.push(`Autoclass with ${storageClass ?? ""}`);
  if (lifecycleRules.some(({ action }) => action.type === "SetStorageClass"))
    wrong.push("Autoclass with a ladder");
  return wrong;
}

const DAY_SECONDS = 86_400;

function protection(bucket: BucketInputs): string[] {
  const wrong: string[] = [];
  if (bucket.hierarchicalNamespace?.enabled === true) {
    if (bucket.versioning?.enabled === true) wrong.push("versions in folders");
    if (bucket.retentionPolicy?.isLocked === true) wrong.push("a lock on folders");
  }
  const seconds = bucket.softDeletePolicy.retentionDurationSeconds;
  if (seconds !== 0 && (seconds < 7 * DAY_SECONDS || seconds > 90 * DAY_SECONDS)) {
    wrong.push(`${seconds} seconds of soft delete`);
  }
  const period = Number(bucket.retentionPolicy?.retentionPeriod ?? 1);
  if (!(period > 0 && period < 3_155_760_000)) wrong.push(`retention for ${period} seconds`);
  return wrong;
}

function lifecycle(rules: readonly LifecycleRule[]): string[] {
  const prefixes = rules.flatMap(({ condition }) => condition.matchesPrefixes ?? []);
  return [
    ...(rules.length > 100 ? [`${rules.length} rules`] : []),
    ...(prefixes.length > 1_000 ? [`${prefixes.length} prefixes`] : []),
    ...rules.flatMap(rule),
  ];
}

function rule({ action, condition }: LifecycleRule): string[] {
  const wrong: string[] = [];
  const { age, daysSinceCustomTime, sendAgeIfZero, matchesStorageClasses } = condition;
  if (age === undefined && sendAgeIfZero !== false) wrong.push("the provider adds an age of 0");
  for (const days of [age, daysSinceCustomTime]) {
    if (days !== undefined && !(Number.isInteger(days) && days >= 1)) wrong.push(`${days} days`);
  }
  if (age === undefined && daysSinceCustomTime === undefined) wrong.push("a rule for objects of any age");
  switch (action.type) {
    case "SetStorageClass": {
      const target = COLDNESS.indexOf(action.storageClass ?? "");
      const sources = matchesStorageClasses ?? COLDNESS;
      if (target < 1 || sources.some((one) => COLDNESS.indexOf(one) >= target)) {
        wrong.push(`from ${sources.join(", ")} to ${action.storageClass ?? "nothing"}`);
      }
      break;
    }
    case "AbortIncompleteMultipartUpload":
      if (matchesStorageClasses !== undefined || daysSinceCustomTime !== undefined) {
        wrong.push("uploads have neither class nor custom time");
      }
      break;
    case "Delete":
      break;
    default:
      wrong.push(`no such action: ${action.type}`);
  }
  return wrong;
}
