/**
 * Where Cloud Storage keeps buckets. Google's page spells codes in upper case; regions stand here in lower case, as
 * Compute Engine and GKE spell them.
 *
 * Source of every table: https://docs.cloud.google.com/storage/docs/locations ("Last updated 2026-04-08 UTC").
 */

/** Predefined dual-regions: the two regions of each code. NAM4 includes us-east1, not us-east4. */
export const PREDEFINED_DUAL_REGIONS = {
  ASIA1: ["asia-northeast1", "asia-northeast2"],
  EUR4: ["europe-north1", "europe-west4"],
  EUR5: ["europe-west1", "europe-west2"],
  EUR7: ["europe-west2", "europe-west3"],
  EUR8: ["europe-west3", "europe-west6"],
  NAM4: ["us-central1", "us-east1"],
} as const;

/** Configurable dual-regions: any two different regions of one code, except {@link RESERVED_PAIRS}. */
export const CONFIGURABLE_DUAL_REGIONS = {
  ASIA: ["asia-east1", "asia-southeast1"],
  AU: ["australia-southeast1", "australia-southeast2"],
  CA: ["northamerica-northeast1", "northamerica-northeast2"],
  DE: ["europe-west3", "europe-west10"],
  EU: [
    "europe-central2",
    "europe-north1",
    "europe-southwest1",
    "europe-west1",
    "europe-west3",
    "europe-west4",
    "europe-west8",
    "europe-west9",
    "europe-west10",
    "europe-west12",
  ],
  IN: ["asia-south1", "asia-south2"],
  IT: ["europe-west8", "europe-west12"],
  US: [
    "us-central1",
    "us-east1",
    "us-east4",
    "us-east5",
    "us-south1",
    "us-west1",
    "us-west2",
    "us-west3",
    "us-west4",
  ],
} as const;

/** Footnotes 1 and 2: pairs that exist under their predefined code only. */
export const RESERVED_PAIRS = {
  EUR4: PREDEFINED_DUAL_REGIONS.EUR4,
  NAM4: PREDEFINED_DUAL_REGIONS.NAM4,
} as const;

/**
 * Footnotes 4 and 5: pairs of EU that have a code of their own. Google's wording is not confirmed, so they are warned
 * about, not refused.
 */
export const PREFERRED_CODES = {
  DE: CONFIGURABLE_DUAL_REGIONS.DE,
  IT: CONFIGURABLE_DUAL_REGIONS.IT,
} as const;

/** Footnote 3: pairs with this region are limited in a way that is not confirmed; Google's API decides. */
export const LIMITED_PAIRING_REGION = "us-east5";

/** Multi-regions. The codes EU, US and ASIA without data locations; the other configurable codes are none. */
export const MULTI_REGIONS = ["ASIA", "EU", "US"] as const;

/** Regions with Cloud Storage. */
export const REGIONS = [
  "africa-south1",
  "asia-east1",
  "asia-east2",
  "asia-northeast1",
  "asia-northeast2",
  "asia-northeast3",
  "asia-south1",
  "asia-south2",
  "asia-southeast1",
  "asia-southeast2",
  "asia-southeast3",
  "australia-southeast1",
  "australia-southeast2",
  "europe-central2",
  "europe-north1",
  "europe-north2",
  "europe-southwest1",
  "europe-west1",
  "europe-west2",
  "europe-west3",
  "europe-west4",
  "europe-west6",
  "europe-west8",
  "europe-west9",
  "europe-west10",
  "europe-west12",
  "me-central1",
  "me-central2",
  "me-west1",
  "northamerica-northeast1",
  "northamerica-northeast2",
  "northamerica-south1",
  "southamerica-east1",
  "southamerica-west1",
  "us-central1",
  "us-east1",
  "us-east4",
  "us-east5",
  "us-south1",
  "us-west1",
  "us-west2",
  "us-west3",
  "us-west4",
] as const;

/** A region with Cloud Storage, in lower case. */
export type Region = (typeof REGIONS)[number];
/** A predefined dual-region's code. */
export type PredefinedCode = keyof typeof PREDEFINED_DUAL_REGIONS;
/** A code that takes two data locations. */
export type ConfigurableCode = keyof typeof CONFIGURABLE_DUAL_REGIONS;
/** A region of at least one configurable code. London, Zürich, Tokyo and Osaka are in none. */
export type ConfigurableRegion = (typeof CONFIGURABLE_DUAL_REGIONS)[ConfigurableCode][number];
/** A multi-region's code. */
export type MultiRegionCode = (typeof MULTI_REGIONS)[number];

/** The codes that all regions of `R` share, so that a region known at run time only has no partner by chance. */
type CodesWith<R> = {
  [Code in ConfigurableCode]: [R] extends [(typeof CONFIGURABLE_DUAL_REGIONS)[Code][number]] ? Code : never;
}[ConfigurableCode];

type ReservedWith<R> = {
  [Code in keyof typeof RESERVED_PAIRS]: R extends (typeof RESERVED_PAIRS)[Code][number]
    ? (typeof RESERVED_PAIRS)[Code][number]
    : never;
}[keyof typeof RESERVED_PAIRS];

/** The regions that may stand beside `R` in a configurable dual-region. */
export type PartnerOf<R extends ConfigurableRegion> = Exclude<
  (typeof CONFIGURABLE_DUAL_REGIONS)[CodesWith<R>][number],
  R | ReservedWith<R>
>;
