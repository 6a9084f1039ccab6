import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";

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

/** Domains that nodes and pods ask for: APIs, and the two of container images. */
const DOMAINS = {
  googleapis: "googleapis.com.",
  "artifact-registry": "pkg.dev.",
  "container-registry": "gcr.io.",
} as const;

/** Seconds that a name's answer may be kept. */
const TTL_SECONDS = 300;

/** Lets every host of the network find Google's APIs at one virtual address, and nothing else of the internet. */
export function privateGoogleApis(
  name: string,
  args: {
    readonly projectId: pulumi.Input<string>;
    readonly networkId: pulumi.Input<string>;
    readonly googleApis: GoogleApis;
  },
  parent: pulumi.Resource,
): void {
  const { host, range, addresses } = VIRTUAL_ADDRESSES[args.googleApis];
  const opts = { parent };
  new gcp.compute.Route(
    `${name}-google-apis`,
    {
      project: args.projectId,
      network: args.networkId,
      destRange: range,
      nextHopGateway: "default-internet-gateway",
      description: "To Google's APIs. Packets to this address stay in Google's network.",
    },
    opts,
  );
  for (const [key, domain] of Object.entries(DOMAINS)) {
    const zone = new gcp.dns.ManagedZone(
      `${name}-${key}`,
      {
        project: args.projectId,
        dnsName: domain,
        visibility: "private",
        privateVisibilityConfig: { networks: [{ networkUrl: args.networkId }] },
        description: `Names below ${domain} at ${host}`,
      },
      opts,
    );
    const record = (suffix: string, recordName: string, type: string, rrdatas: string[]) =>
      new gcp.dns.RecordSet(
        `${name}-${key}-${suffix}`,
        {
          project: args.projectId,
          managedZone: zone.name,
          name: recordName,
          type,
          ttl: TTL_SECONDS,
          rrdatas,
        },
        opts,
      );
    // All names below a domain lead to one that has the addresses.
    const target = domain === DOMAINS.googleapis ? host : domain;
    record("address", target, "A", addresses);
    record("names", `*.${domain}`, "CNAME", [target]);
  }
}
