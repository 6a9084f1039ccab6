import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { sorted } from "../validation/index.ts";
import { COORDINATOR_PORT, PLAINTEXT_PORT } from "./coordinator-settings.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import type { WorkloadLabels } from "../kubernetes/labels.ts";
import { ANYWHERE, toCoordinator, toDns, toHttps } from "../kubernetes/network-rules.ts";

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
}: Surroundings): pulumi.Resource[] {
  const { namespace, storageHosts } = args;
  const metadata = (suffix: string) => ({
    name: `${kubernetesName}-${suffix}`,
    namespace,
    labels: labels.all,
  });
  const opts = { parent };
  return [
    new kubernetes.networking.v1.NetworkPolicy(
      `${name}-deny`,
      { metadata: metadata("deny"), spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
      opts,
    ),
    new kubernetes.networking.v1.NetworkPolicy(
      `${name}-egress`,
      {
        metadata: metadata("egress"),
        spec: {
          podSelector: { matchLabels: labels.selector },
          policyTypes: ["Egress"],
          egress: [
            toDns(),
            // The one by plain HTTP for workers that run while the stack comes to TLS: where nobody serves it, it leads nowhere.
            toCoordinator(args.coordinatorUrl, [COORDINATOR_PORT, PLAINTEXT_PORT]),
            ...(storageHosts ? [] : [toHttps(args.storageRanges ?? [ANYWHERE])]),
          ],
        },
      },
      opts,
    ),
    ...(storageHosts
      ? [
          new kubernetes.apiextensions.CustomResource(
            `${name}-storage`,
            {
              apiVersion: "networking.gke.io/v1alpha1",
              kind: "FQDNNetworkPolicy",
              metadata: metadata("storage"),
              spec: {
                podSelector: { matchLabels: labels.selector },
                egress: [
                  {
                    matches: sorted(storageHosts).map((host) =>
                      host.startsWith("*.") ? { pattern: host } : { name: host },
                    ),
                    ports: [{ protocol: "TCP", port: 443 }],
                  },
                ],
              },
            },
            opts,
          ),
        ]
      : []),
  ];
}
