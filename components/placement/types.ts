/** The kind of a placement, which determines its guarantees. */
export const PlacementKind = {
  /** One region: redundant across its zones, lost with the region. */
  Region: "Region",
  /** Two regions that you name: replicated asynchronously between them. */
  DualRegion: "DualRegion",
  /** A continent, in which Google chooses the regions: replicated asynchronously. */
  MultiRegion: "MultiRegion",
} as const;
export type PlacementKind = (typeof PlacementKind)[keyof typeof PlacementKind];

/**
 * Where a bucket lives: a plain value, never an Output, because a wrong one would recreate the bucket and must be
 * seen in a preview. Made by `region`, `dualRegion`, `predefined`, `multiRegion` or `parsePlacement`.
 */
export interface Placement {
  /** Kind of this placement. */
  readonly kind: PlacementKind;
  /** The bucket's `location`, in upper case as Google spells it: `NAM4`, `US`, `US-CENTRAL1`. */
  readonly location: string;
  /** `customPlacementConfig.dataLocations`, in upper case and sorted; configurable dual-regions only. */
  readonly dataLocations?: string[];
  /** The regions to run compute in, in lower case, by the alphabet unless `withFirstRegion` says otherwise; none for a multi-region. */
  readonly regions: string[];
}

/** A placement as Google's API spells it, unchecked. */
export interface PlacementText {
  readonly location: string;
  readonly dataLocations?: readonly string[];
}

/** Who writes to a bucket. Not a field of Google's: the component sets a label, which the policies read. */
export const AccessPattern = {
  /** Writers in one region at a time. */
  SingleWriter: "SingleWriter",
  /** Writers in two regions at the same time. */
  ActiveActive: "ActiveActive",
} as const;
export type AccessPattern = (typeof AccessPattern)[keyof typeof AccessPattern];

/**
 * Replication of a dual- or multi-region bucket, always asynchronous. RPO means recovery point objective.
 *
 * Source: https://docs.cloud.google.com/storage/docs/availability-durability
 */
export const Rpo = {
  /** 99.9 % of new objects within 1 hour, 100 % within 12 hours (targets). */
  DEFAULT: "DEFAULT",
  /** Turbo replication: 100 % of new objects within 15 minutes (target); dual-regions only. */
  ASYNC_TURBO: "ASYNC_TURBO",
} as const;
export type Rpo = (typeof Rpo)[keyof typeof Rpo];

/** The label that says how a bucket is written. */
export const ACCESS_PATTERN_LABEL = "mpegflow-access-pattern";

/** The label's values. Labels take lower case only. */
export const ACCESS_PATTERN_LABEL_VALUES = {
  SingleWriter: "single-writer",
  ActiveActive: "active-active",
} as const satisfies Record<AccessPattern, string>;
