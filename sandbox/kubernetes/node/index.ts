/** Nodes of a real API server whose pods run as local processes. */
export { startNodes, type Nodes, type NodesOptions } from "./agent.ts";
export { servePodNetwork, type Route } from "./pod-network.ts";
export { defaultPools, type NodePool } from "./pools.ts";
export { declaredPools, nodePoolType, regionOfCluster } from "./declared-pools.ts";
