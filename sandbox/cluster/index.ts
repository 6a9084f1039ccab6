/** A stand-in for Kubernetes clusters: Deployments as local processes, Services as loopback forwarders. */
export { describeManifestError, openCluster, type Cluster, type ObjectKey } from "./cluster.ts";
export type { Pod, PodHost } from "./pod.ts";
export { programOf, type Program } from "./images.ts";
