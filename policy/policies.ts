import type { Policies } from "@pulumi/policy";
import { activeActiveRequiresDualRegion, twoRegionWritersRequireDualRegion } from "./placement.ts";

/** Every policy of the pack. */
export const policies: Policies = [activeActiveRequiresDualRegion, twoRegionWritersRequireDualRegion];
