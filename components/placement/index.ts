export { WHY_DUAL_REGION } from "./active-active.ts";
export { checkPlacement } from "./check.ts";
export { dualRegion, multiRegion, predefined, region, withFirstRegion } from "./constructors.ts";
export { describeProblem, type Problem } from "../validation/problem.ts";
export { formatPlacement } from "./describe.ts";
export { InvalidPlacement } from "./error.ts";
export { dualRegionsNear } from "./near.ts";
export { parsePlacement } from "./parse.ts";
export {
  CONFIGURABLE_DUAL_REGIONS,
  MULTI_REGIONS,
  PREDEFINED_DUAL_REGIONS,
  REGIONS,
  RESERVED_PAIRS,
  type ConfigurableCode,
  type ConfigurableRegion,
  type MultiRegionCode,
  type PartnerOf,
  type PredefinedCode,
  type Region,
} from "./tables.ts";
export {
  ACCESS_PATTERN_LABEL,
  ACCESS_PATTERN_LABEL_VALUES,
  AccessPattern,
  PlacementKind,
  Rpo,
  type Placement,
  type PlacementText,
} from "./types.ts";
export type { PlacementToCheck, PlacementVerdict } from "./verdict.ts";
