import { isRegion } from "../placement/lookup.ts";
import type { ConfigurableCode, MultiRegionCode, Placement, PredefinedCode } from "../placement/index.ts";

/**
 * Where Cloud KMS keeps the keys of buckets that are in more than one region. Of the predefined dual-regions three have
 * a location of their own name; every other dual-region uses the multi-region that it belongs to. Cloud KMS spells EU
 * `europe`. DE and IT follow the pattern of AU, CA and IN; that Cloud KMS has locations of these names is not confirmed.
 *
 * Sources: https://docs.cloud.google.com/storage/docs/encryption/customer-managed-keys#restrictions,
 * https://docs.cloud.google.com/kms/docs/locations
 */
const LOCATION_OF_CODE: Readonly<Record<PredefinedCode | ConfigurableCode | MultiRegionCode, string>> = {
  ASIA1: "asia1",
  EUR4: "eur4",
  NAM4: "nam4",
  EUR5: "europe",
  EUR7: "europe",
  EUR8: "europe",
  ASIA: "asia",
  AU: "au",
  CA: "ca",
  DE: "de",
  EU: "europe",
  IN: "in",
  IT: "it",
  US: "us",
};

/**
 * The only location of key rings whose keys a bucket of this placement accepts.
 *
 * @example keyRingLocation(dualRegion("us-central1", "us-west1")) // "us"
 */
export function keyRingLocation({ location }: Pick<Placement, "location">): string {
  const code = location.toUpperCase();
  return isCode(code) ? LOCATION_OF_CODE[code] : location.toLowerCase();
}

function isCode(code: string): code is keyof typeof LOCATION_OF_CODE {
  return Object.hasOwn(LOCATION_OF_CODE, code);
}

/**
 * Whether Secret Manager can use a key there: it takes one from the replica's region, or from `global` for secrets that
 * Google replicates.
 *
 * Source: https://docs.cloud.google.com/secret-manager/docs/cmek
 */
export function servesSecrets(location: string): boolean {
  return location === "global" || isRegion(location);
}
