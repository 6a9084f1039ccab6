export {
  AccessPattern,
  checkPlacement,
  dualRegion,
  formatPlacement,
  InvalidPlacement,
  multiRegion,
  parsePlacement,
  PlacementKind,
  predefined,
  region,
  Rpo,
  type Placement,
  type PlacementText,
  type PlacementToCheck,
  type PlacementVerdict,
} from "./placement/index.ts";
export { InvalidArguments, type Problem } from "./validation/index.ts";
export {
  ArchiveClass,
  MediaBucket,
  type ArchiveLadder,
  type ArchiveStep,
  type MediaBucketArgs,
  type TemporaryPrefix,
} from "./storage/index.ts";
