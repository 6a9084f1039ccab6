import { wholeNumber, type Properties } from "../model/known.ts";
import { isInRange } from "./ranges.ts";

/**
 * Where GKE's metadata server answers pods: at its own address with Dataplane V2, at the second with Calico, which sees the address
 * after the node has changed it, and at the third over IPv6.
 *
 * Sources: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/network-policy,
 * https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
 */
export const METADATA_SERVER = "169.254.169.254";
const ADDRESSES = [METADATA_SERVER, "169.254.169.252", "fd20:ce::254"];

/** The ports that it answers on: 80 at its own address, the others at the second. */
const PORTS = [80, 987, 988];

/** The first of the metadata server's addresses that is in a range, but for those that are excepted. */
export function metadataAddressIn(range: string, except: readonly string[] = []): string | undefined {
  return ADDRESSES.find(
    (address) => isInRange(address, range) && !except.some((one) => isInRange(address, one)),
  );
}

/** Whether a rule's ports let one talk to it; no ports are all ports. A name of a port is a pod's, so it is none of a server's. */
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
