import { wholeNumber, type Properties } from "../model/known.ts";
import { isInRange } from "./ranges.ts";

/**
 * Addresses of GKE's metadata server: the first with Dataplane V2, the second with Calico, which sees the address after
 * translation by the node, the third for IPv6.
 *
 * Sources: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/network-policy,
 * https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
 */
export const METADATA_SERVER = "169.254.169.254";
export const METADATA_NAME = "metadata.google.internal";
const ADDRESSES = [METADATA_SERVER, "169.254.169.252", "fd20:ce::254"];

/** Its ports: 80 at the first address, the others at the second. */
const PORTS = [80, 987, 988];

/** The first of the metadata server's addresses that is in a range and not excepted. */
export function metadataAddressIn(range: string, except: readonly string[] = []): string | undefined {
  return ADDRESSES.find(
    (address) => isInRange(address, range) && !except.some((one) => isInRange(address, one)),
  );
}

/**
 * Whether a rule's ports include the metadata server's; no ports means all. Named ports are ports of pods, so they
 * never match.
 */
export function includeMetadataPorts(ports: readonly Properties[]): boolean {
  if (ports.length === 0) return true;
  return ports.some((entry) => {
    if (!["TCP", "ANY", undefined].includes(entry["protocol"] as string | undefined)) return false;
    if (entry["port"] === undefined) return true;
    const first = wholeNumber(entry, "port");
    // Cilium writes "0" for all.
    if (first === undefined || first === 0) return first === 0;
    const last = wholeNumber(entry, "endPort") ?? first;
    return PORTS.some((port) => port >= first && port <= last);
  });
}
