export type { NetworkRegion } from "./address-plan.ts";
export { GoogleApis } from "./google-apis.ts";
export { Network, type NetworkArgs, type NetworkSubnet } from "./network.ts";
