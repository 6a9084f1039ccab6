/** Egress by the names of hosts, which GKE's Dataplane V2 allows by what the cluster's DNS answers. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { shown, sorted, type Problem } from "../validation/index.ts";

interface HostsPolicy {
  /** Logical name. */
  readonly name: string;
  readonly metadata: object;
  readonly podLabels: Record<string, string>;
  readonly hosts: readonly pulumi.Input<string>[];
  readonly port: pulumi.Input<number>;
  readonly parent: pulumi.Resource;
}

/**
 * Lets pods out to hosts by their names, beside what network policies let them out to.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies
 */
export function hostsPolicy(args: HostsPolicy): kubernetes.apiextensions.CustomResource {
  const { name, metadata, podLabels, hosts, port, parent } = args;
  return new kubernetes.apiextensions.CustomResource(
    name,
    {
      apiVersion: "networking.gke.io/v1alpha1",
      kind: "FQDNNetworkPolicy",
      metadata,
      spec: {
        podSelector: { matchLabels: podLabels },
        egress: [{ matches: hosts.map(matchOf), ports: [{ protocol: "TCP", port }] }],
      },
    },
    { parent },
  );
}

const matchOf = (host: pulumi.Input<string>) =>
  typeof host === "string" && host.startsWith("*.") ? { pattern: host } : { name: host };

/** Names in one order, each once. */
export const sortedHosts = (hosts: readonly string[]): string[] => sorted([...new Set(hosts)]);

/** What is wrong with a list of hosts' names. */
export function hostsProblems(path: string, hosts: readonly string[] | undefined): Problem[] {
  if (hosts === undefined) return [];
  if (hosts.length === 0) {
    return [
      {
        path,
        given: "no host",
        allowed: "one host or more",
        fix: 'name the host: "storage.googleapis.com"',
      },
    ];
  }
  return hosts.flatMap((host, index) => hostProblems(`${path}[${index}]`, host));
}

function hostProblems(path: string, host: string): Problem[] {
  if (!/^(?:\*\.)?(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/.test(host)) {
    return [
      {
        path,
        given: shown(host),
        allowed: "a host's full name in lower case, *. in front for any one label",
        fix: 'write it as in "storage.googleapis.com"',
      },
    ];
  }
  // The metadata server's names, and a pattern that one of them matches.
  if (["metadata.google.internal", "*.google.internal", "metadata.goog"].includes(host)) {
    return [
      {
        path,
        given: shown(host),
        allowed: "any other host",
        because: "metadata servers, which give out credentials, have that name.",
        fix: "leave it out",
      },
    ];
  }
  return [];
}
