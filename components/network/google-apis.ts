import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { NetworkResources } from "./network-resources.ts";
import { VIRTUAL_ADDRESSES, type GoogleApis } from "./virtual-addresses.ts";

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
): Pick<NetworkResources, "googleApisRoute" | "zones"> {
  const { host, range, addresses } = VIRTUAL_ADDRESSES[args.googleApis];
  const opts = { parent };
  const googleApisRoute = new gcp.compute.Route(
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
  const zones = Object.entries(DOMAINS).map(([key, domain]) => {
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
    const address = record("address", target, "A", addresses);
    const names = record("names", `*.${domain}`, "CNAME", [target]);
    return [key, { zone, address, names }] as const;
  });
  return { googleApisRoute, zones: Object.fromEntries(zones) };
}
