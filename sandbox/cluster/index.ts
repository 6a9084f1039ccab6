/** A stand-in for Kubernetes clusters: Deployments as local processes, Services as loopback forwarders. */
export { describeManifestError, openCluster, type Cluster, type ObjectKey } from "./cluster.ts";
export { startPod, type Pod, type PodHost, type PodStatus } from "./pod.ts";
export { podSpecSchema, type PodSpec } from "./pod-schema.ts";
export { programOf, type Program } from "./images.ts";
