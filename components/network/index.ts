export type { NetworkRegion } from "./address-plan.ts";
export { Network, type NetworkArgs, type NetworkSubnet } from "./network.ts";
export type { NetworkResources, PrivateZoneResources } from "./network-resources.ts";
export { GoogleApis } from "./virtual-addresses.ts";
