import { ArchiveClass } from "../../components/index.ts";
import {
  CONFIGURABLE_DUAL_REGIONS,
  MULTI_REGIONS,
  PREDEFINED_DUAL_REGIONS,
  REGIONS,
} from "../../components/placement/index.ts";
import { STORAGE_PRICES } from "../../components/storage/archive-costs.ts";

/** Storage classes, the warmest first. */
export const CLASSES = ["STANDARD", ...Object.values(ArchiveClass)] as const;
export type StorageClass = (typeof CLASSES)[number];

/** One list price, in US dollars. */
export interface Price {
  readonly usd: number;
  /** Day on which it was read, `2026-05-16`. */
  readonly date: string;
  /** Address of the page, or words about it. */
  readonly source: string;
  /** Whether that page is the vendor's own and current; others are marked wherever they are used. */
  readonly verified: boolean;
  readonly note?: string;
}

/** Prices by id: `storage.region.us-central1.ARCHIVE`. */
export type PriceList = Readonly<Record<string, Price>>;

/** What each id's price is for: its unit. An id that is not here does not exist. */
export const UNITS: Readonly<Record<string, string>> = Object.fromEntries<string>([
  ...perClass(
    REGIONS.map((region) => `storage.region.${region}`),
    "USD per GiB-month",
  ),
  ...perClass(
    [...new Set(Object.values(CONFIGURABLE_DUAL_REGIONS).flat())].map(
      (region) => `storage.dual-region.${region}`,
    ),
    "USD per GiB-month, for each of the two regions",
  ),
  ...perClass(
    Object.keys(PREDEFINED_DUAL_REGIONS).map((code) => `storage.dual-region.${code}`),
    "USD per GiB-month, for both regions together",
  ),
  ...perClass(
    MULTI_REGIONS.map((code) => `storage.multi-region.${code}`),
    "USD per GiB-month",
  ),
  ...["region", "dual-or-multi-region"].flatMap((where) =>
    perClass([`operations-a.${where}`, `operations-b.${where}`], "USD per 1,000 operations"),
  ),
  ...perClass(["retrieval"], "USD per GiB read"),
  ["autoclass.management", "USD per 1,000 objects and 30 days"],
  ...["america-europe", "asia", "oceania"].flatMap((area): [string, string][] => [
    [`replication.dual-region.${area}.default`, "USD per GiB written"],
    [`replication.dual-region.${area}.turbo`, "USD per GiB written"],
  ]),
  ...["america-europe", "asia"].map((area): [string, string] => [
    `replication.multi-region.${area}`,
    "USD per GiB written",
  ]),
  ["egress.same-continent", "USD per GiB"],
  ["egress.internet.first-10-tib", "USD per GiB"],
  ["egress.internet.next-140-tib", "USD per GiB"],
  ["egress.internet.over-150-tib", "USD per GiB"],
  ["cdn.egress.first-10-tib", "USD per GiB"],
  ["cdn.egress.next-140-tib", "USD per GiB"],
  ["cdn.egress.next-850-tib", "USD per GiB"],
  ["cdn.egress.over-1000-tib", "USD per GiB"],
  ["cdn.fill", "USD per GiB"],
  ["cdn.lookups", "USD per 10,000 lookups"],
  ["s3.storage", "USD per GB-month, where AWS's GB is 2^30 bytes"],
  ["s3.egress", "USD per GB, where AWS's GB is 2^30 bytes"],
  ["s3.requests-get", "USD per 1,000 requests"],
  ["s3.requests-list", "USD per 1,000 requests"],
]);

function perClass(prefixes: readonly string[], unit: string): [string, string][] {
  return prefixes.flatMap((prefix) => CLASSES.map((one): [string, string] => [`${prefix}.${one}`, unit]));
}

const { date, source } = STORAGE_PRICES;
const listed = (usd: number): Price => ({ usd, date, source, verified: true });
const doubtful = (usd: number, note: string): Price => ({ usd, date, source, verified: false, note });
const classes = (prefix: string, prices: readonly [Price, Price, Price, Price]): PriceList =>
  Object.fromEntries(CLASSES.map((one, index) => [`${prefix}.${one}`, prices[index] ?? prices[0]]));
const listedClasses = (prefix: string, ...usd: readonly [number, number, number, number]): PriceList =>
  classes(prefix, [listed(usd[0]), listed(usd[1]), listed(usd[2]), listed(usd[3])]);

/** The last public copy that could be read; today's page has ranges only. */
const cdn = (usd: number): Price => ({
  usd,
  date: "2021-01-19",
  source: "https://cloud.google.com/cdn/pricing",
  verified: false,
  note: "of an old copy of the page, for North America and Europe; today's figure is not verified",
});

/**
 * Google's list prices, without discounts, free allowances and taxes. There is none here for Amazon S3: AWS's price page
 * could not be read, so those come from a price file.
 */
export const LIST_PRICES: PriceList = {
  ...Object.fromEntries(
    CLASSES.map((one) => [
      `storage.region.${STORAGE_PRICES.region}.${one}`,
      listed(STORAGE_PRICES.classes[one].gibMonth),
    ]),
  ),
  ...listedClasses("storage.dual-region.us-central1", 0.022, 0.011, 0.0044, 0.0014),
  ...listedClasses("storage.multi-region.ASIA", 0.026, 0.015, 0.00875, 0.003),
  ...classes("storage.multi-region.US", [
    doubtful(0.026, "from others than Google"),
    doubtful(0.015, "computed from an invoice"),
    doubtful(0.007, "not verified"),
    doubtful(0.0024, "computed from an invoice"),
  ]),
  ...listedClasses("operations-a.region", 0.005, 0.01, 0.02, 0.05),
  ...listedClasses("operations-b.region", 0.0004, 0.001, 0.01, 0.05),
  ...listedClasses("operations-a.dual-or-multi-region", 0.01, 0.02, 0.04, 0.1),
  ...listedClasses("operations-b.dual-or-multi-region", 0.0004, 0.001, 0.01, 0.05),
  ...listedClasses("retrieval", 0, 0.01, 0.02, 0.05),
  "autoclass.management": { ...listed(0.0025), note: "none for objects of less than 128 KiB" },
  "replication.dual-region.america-europe.default": listed(0.02),
  "replication.dual-region.america-europe.turbo": listed(0.04),
  "replication.dual-region.asia.default": listed(0.08),
  "replication.dual-region.asia.turbo": listed(0.11),
  "replication.dual-region.oceania.default": listed(0.08),
  "replication.dual-region.oceania.turbo": listed(0.12),
  "replication.multi-region.america-europe": listed(0.02),
  "replication.multi-region.asia": listed(0.08),
  "egress.same-continent": {
    ...listed(0.02),
    note: "within North America or within Europe; elsewhere 0.08 to 0.14",
  },
  "egress.internet.first-10-tib": { ...listed(0.12), note: "worldwide, except China and Australia" },
  "egress.internet.next-140-tib": { ...listed(0.11), note: "worldwide, except China and Australia" },
  "egress.internet.over-150-tib": { ...listed(0.08), note: "worldwide, except China and Australia" },
  "cdn.egress.first-10-tib": cdn(0.08),
  "cdn.egress.next-140-tib": cdn(0.055),
  "cdn.egress.next-850-tib": cdn(0.03),
  "cdn.egress.over-1000-tib": cdn(0.02),
  "cdn.fill": cdn(0.01),
  "cdn.lookups": cdn(0.0075),
};
