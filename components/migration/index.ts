/**
 * Components that need the AWS provider: `import { ArchiveMigration } from "mpegflow-gcs/aws"`. It is separate from the
 * main entry, which does not need `@pulumi/aws`.
 */
export {
  ArrivalClass,
  MigrationLogging,
  Overwrite,
  type ArchiveMigrationArgs,
  type MigrationFollow,
  type MigrationSink,
  type MigrationSource,
} from "./archive-migration-args.ts";
export { archiveMigrationProblems } from "./archive-migration-checks.ts";
export { ArchiveMigration } from "./archive-migration.ts";
export type {
  ArchiveMigrationResources,
  ArrivalsQueueResources,
  MigrationGrantResources,
  MigrationRoleResources,
  S3AccessRoleResources,
  S3BucketResources,
} from "./migration-resources.ts";
export { S3Access, S3AccessRole, s3AccessRoleProblems, type S3AccessRoleArgs } from "./s3-access-role.ts";
export { S3Setting, type S3BucketArgs } from "./s3-bucket-args.ts";
export { s3BucketProblems } from "./s3-bucket-checks.ts";
export { S3Bucket } from "./s3-bucket.ts";
export { type MigrationSchedule } from "./schedule.ts";
export { type MigrationWave } from "./waves.ts";
