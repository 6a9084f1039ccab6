/**
 * Addresses at which private hosts reach Google's APIs.
 *
 * Source: https://docs.cloud.google.com/vpc/docs/configure-private-google-access
 */
export const GoogleApis = {
  /** `restricted.googleapis.com`, 199.36.153.4/30: services that VPC Service Controls supports, and no others. */
  Restricted: "RESTRICTED",
  /** `private.googleapis.com`, 199.36.153.8/30: most Google APIs, whether VPC Service Controls supports them or not. */
  Private: "PRIVATE",
} as const;
export type GoogleApis = (typeof GoogleApis)[keyof typeof GoogleApis];

interface VirtualAddress {
  readonly host: string;
  readonly range: string;
  readonly addresses: string[];
}

export const VIRTUAL_ADDRESSES: Readonly<Record<GoogleApis, VirtualAddress>> = {
  RESTRICTED: virtualAddress("restricted.googleapis.com.", [4, 5, 6, 7]),
  PRIVATE: virtualAddress("private.googleapis.com.", [8, 9, 10, 11]),
};

function virtualAddress(host: string, lastOctets: readonly number[]): VirtualAddress {
  const addresses = lastOctets.map((octet) => `199.36.153.${octet}`);
  return { host, range: `${addresses[0] ?? ""}/30`, addresses };
}

/** Ranges of both, in order of addresses: Google's APIs, buckets among them, and nothing else of the internet. */
export const GOOGLE_API_RANGES: readonly string[] = Object.values(VIRTUAL_ADDRESSES).map(
  ({ range }) => range,
);
