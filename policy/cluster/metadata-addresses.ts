import { GKE_METADATA, METADATA_NAMES, OTHER_METADATA } from "./metadata-servers.ts";
import { wholeNumber, type Properties } from "../model/known.ts";
import { matchesName } from "./host-patterns.ts";
import { isInRange } from "./ranges.ts";

export const METADATA_SERVER = GKE_METADATA.direct.address;

/** The address to which GKE's nodes translate it, which Calico sees and Cilium never does. */
export const TRANSLATED_SERVER = GKE_METADATA.translated.address;

const SERVERS = [GKE_METADATA.direct, GKE_METADATA.translated, ...OTHER_METADATA];
export const METADATA_ADDRESSES: readonly string[] = SERVERS.map(({ address }) => address);

const PORTS = [...new Set(SERVERS.flatMap(({ ports }) => ports))];

/** The metadata servers' addresses that are in a range and not excepted. */
export function metadataAddressesIn(range: string, except: readonly string[] = []): string[] {
  return METADATA_ADDRESSES.filter(
    (address) => isInRange(address, range) && !except.some((one) => isInRange(address, one)),
  );
}

/** Whether a pattern of names takes in a metadata server. */
export const includesMetadataName = (pattern: string): boolean =>
  METADATA_NAMES.some((name) => matchesName(pattern, name));

/**
 * Whether a rule's ports include a metadata server's; no ports means all. Named ports are ports of pods, so they
 * never match.
 */
export function includeMetadataPorts(ports: readonly Properties[]): boolean {
  return PORTS.some((port) => includePort(ports, port));
}

/** Whether a rule's ports are all of those at which metadata servers answer, except at a translated address. */
export function includeEveryMetadataPort(ports: readonly Properties[]): boolean {
  return GKE_METADATA.direct.ports.every((port) => includePort(ports, port));
}

function includePort(ports: readonly Properties[], port: number): boolean {
  if (ports.length === 0) return true;
  return ports.some((entry) => {
    if (!["TCP", "ANY", undefined].includes(entry["protocol"] as string | undefined)) return false;
    if (entry["port"] === undefined) return true;
    const first = wholeNumber(entry, "port");
    // Cilium writes "0" for all.
    if (first === undefined || first === 0) return first === 0;
    const last = wholeNumber(entry, "endPort") ?? first;
    return port >= first && port <= last;
  });
}
