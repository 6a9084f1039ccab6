export { ArchiveClass, ArchiveClock, type ArchiveLadder, type ArchiveStep } from "./archive.ts";
export { archivePresets } from "./archive-presets.ts";
export { CustomerSuppliedEncryption } from "./encryption.ts";
export { type TemporaryPrefix } from "./lifecycle.ts";
export { MediaBucket } from "./media-bucket.ts";
export { type MediaBucketArgs } from "./media-bucket-args.ts";
