export { ArchiveClass, type ArchiveLadder, type ArchiveStep } from "./archive.ts";
export { type TemporaryPrefix } from "./lifecycle.ts";
export { MediaBucket, type MediaBucketArgs } from "./media-bucket.ts";
