/** A stand-in for Kubernetes clusters: Deployments as local processes, Services as loopback forwarders. */
export { describeManifestError, openCluster, type Cluster, type ObjectKey } from "./cluster.ts";
export { startPod, type Pod, type PodHost, type PodStatus } from "./pod.ts";
export { podSpecSchema, type PodSpec } from "./pod-schema.ts";
export { programOf, type Program } from "./images.ts";
export type { ContainerStatus } from "./container.ts";
export type { PodIdentity } from "./downward.ts";
export type { ServiceId } from "./environment.ts";
export { forwardService, type ServiceForwarder } from "./service-forwarder.ts";
export type { PodSources } from "./volumes.ts";
