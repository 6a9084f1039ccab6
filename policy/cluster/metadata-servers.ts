/** Where the metadata servers of clouds are, which give out credentials. */

/** An address of a metadata server, and the ports at which it answers. */
interface MetadataServer {
  readonly address: string;
  readonly ports: readonly number[];
}

/**
 * GKE's: the first with Dataplane V2, the second with Calico, which sees the address after translation by the node.
 * EC2 has its own at the first too.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/network-policy
 */
export const GKE_METADATA: Readonly<Record<"direct" | "translated", MetadataServer>> = {
  direct: { address: "169.254.169.254", ports: [80, 8080] },
  translated: { address: "169.254.169.252", ports: [987, 988] },
};

/**
 * The others: Google's by IPv6, EKS' Pod Identity agent by IPv4 and IPv6, and EC2's by IPv6.
 *
 * Sources: https://docs.cloud.google.com/compute/docs/metadata/querying-metadata,
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-config-ipv6.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export const OTHER_METADATA: readonly MetadataServer[] = [
  { address: "fd20:ce::254", ports: [80] },
  { address: "169.254.170.23", ports: [80] },
  { address: "fd00:ec2::23", ports: [80] },
  { address: "fd00:ec2::254", ports: [80] },
];

/** Names of Google's. Source: https://docs.cloud.google.com/compute/docs/metadata/querying-metadata */
export const METADATA_NAMES: readonly string[] = ["metadata.google.internal", "metadata.goog"];
