import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { COORDINATOR_PORT, PLAINTEXT_PORT } from "./coordinator-settings.ts";
import { checkedUrl } from "./coordinator-trust.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import type { EncoderPolicyResources } from "./encoder-pool-resources.ts";
import { hostsPolicy, sortedHosts } from "../kubernetes/egress-hosts.ts";
import type { WorkloadLabels } from "../kubernetes/labels.ts";
import { portOf, toCoordinator, toDns, toHttps } from "../kubernetes/network-rules.ts";

interface Surroundings {
  readonly name: string;
  readonly args: EncoderPoolArgs;
  readonly kubernetesName: string;
  readonly labels: WorkloadLabels;
  readonly parent: pulumi.Resource;
}

/**
 * Denies all traffic of the namespace, except from encoders to DNS, the coordinator and the storage hosts. Policies are
 * additive: no other policy may allow the metadata server, which gives out Google credentials.
 */
export function encoderPolicies({
  name,
  args,
  kubernetesName,
  labels,
  parent,
}: Surroundings): EncoderPolicyResources {
  const { namespace, storageRanges: ranges, storageHosts: hosts, publicEgress } = args;
  const byName = args.coordinatorByName === true;
  const url = checkedUrl(args);
  const metadata = (suffix: string) => ({
    name: `${kubernetesName}-${suffix}`,
    namespace,
    labels: labels.all,
  });
  const named = (suffix: string, to: pulumi.Input<string>[], port: pulumi.Input<number>) =>
    hostsPolicy({
      name: `${name}-${suffix}`,
      metadata: metadata(suffix),
      podLabels: labels.selector,
      hosts: to,
      port,
      parent,
    });
  const opts = { parent };
  return {
    deny: new kubernetes.networking.v1.NetworkPolicy(
      `${name}-deny`,
      { metadata: metadata("deny"), spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
      opts,
    ),
    egress: new kubernetes.networking.v1.NetworkPolicy(
      `${name}-egress`,
      {
        metadata: metadata("egress"),
        spec: {
          podSelector: { matchLabels: labels.selector },
          policyTypes: ["Egress"],
          egress: [
            toDns(),
            // The one by plain HTTP for workers that run while the stack comes to TLS: where nobody serves it, it leads nowhere.
            ...(byName
              ? []
              : [toCoordinator(url, [COORDINATOR_PORT, PLAINTEXT_PORT], args.coordinatorRanges)]),
            ...toHttps({ ranges, hosts, publicEgress }),
          ],
        },
      },
      opts,
    ),
    coordinator: byName
      ? named(
          "coordinator",
          [url.apply((text) => new URL(text).hostname)],
          url.apply((text) => portOf(new URL(text))),
        )
      : undefined,
    storage: hosts ? named("storage", sortedHosts(hosts), 443) : undefined,
  };
}
