import { z } from "zod";
import {
  ArrivalClass,
  MigrationLogging,
  Overwrite,
} from "../../components/migration/archive-migration-args.ts";
import { count, givenYesOrNo, inPlace, json, object, setting, text, texts, yes } from "../codecs.ts";

/** A day that is not quoted is a time to the engine's YAML, which hands it over as `2027-01-15 00:00:00 +0000 UTC`. */
const day = text('a day in UTC: "2027-01-15"').transform((given) =>
  given.replace(/ 00:00:00 \+0000 UTC$/, ""),
);

const schedule = object({
  startDate: day,
  endDate: day.exactOptional(),
  startTime: text('a time in UTC, quoted: "22:30"').exactOptional(),
  repeatEverySeconds: count.exactOptional(),
});
const prefixes = texts("the beginning of object names").exactOptional();

/** Keys that only an archive has: a platform replaces its job records, which these would forbid, and moves nothing. */
export const ARCHIVE_SETTINGS = {
  retention: setting(
    {
      type: "object",
      meaning:
        "How long no object can be deleted or replaced. Locked, for ever: `confirmLock` has to repeat the stack's `name`.",
      allowed: "an object with retentionPeriodSeconds, locked, confirmLock",
      default: "none",
      example: "{ retentionPeriodSeconds: 31536000 }",
      effect: inPlace("Bucket"),
    },
    json(
      object({
        retentionPeriodSeconds: count,
        locked: yes.exactOptional(),
        confirmLock: text("the stack's name").exactOptional(),
      }),
    ).optional(),
  ),
  defaultEventBasedHold: givenYesOrNo(
    "Holds each new object until the hold is released: held objects cannot be deleted or replaced.",
    inPlace("Bucket"),
  ),
  migration: setting(
    {
      type: "object",
      meaning:
        "Moves a bucket of Amazon S3 here, by jobs of Storage Transfer Service in waves, without an access key: see components/migration/README.md. Needs `@pulumi/aws`, whose region is `aws:region`.",
      allowed:
        "an object with source, sink, waves, wavesAtATime, schedule, follow, overwrite, deleteFromSource, notificationTopic, logging, transferSubjectId, tags",
      default: "none",
      example:
        "{ source: { bucketName: studio-archive }, waves: [{ name: all, enabled: true }], schedule: { startDate: '2027-01-15' } }",
      effect: {
        kind: "adds or removes",
        of: [
          ...["BucketIAMMember", "BucketNotification", "Queue", "QueuePolicy"],
          ...["Role", "RolePolicy", "TransferJob"],
        ],
      },
    },
    json(
      object({
        source: object({
          bucketName: text("the name of a bucket of S3"),
          path: text("the beginning of object names, ending in /").exactOptional(),
          region: text("a region of AWS such as eu-central-1").exactOptional(),
          kmsKeyArns: texts("the ARN of a key").exactOptional(),
          roleArn: text("the ARN of a role").exactOptional(),
        }),
        sink: object({
          path: text("the beginning of object names, ending in /").exactOptional(),
          storageClass: z
            .enum(ArrivalClass, { error: Object.values(ArrivalClass).join(", ") })
            .exactOptional(),
          keepModificationTime: yes.exactOptional(),
        }).exactOptional(),
        waves: z.array(
          object({
            name: text("a short name such as y2024"),
            enabled: yes.exactOptional(),
            prefixes,
            excludePrefixes: prefixes,
            manifest: text("gs://BUCKET/OBJECT").exactOptional(),
            schedule: schedule.exactOptional(),
          }),
          { error: "a list" },
        ),
        wavesAtATime: count.exactOptional(),
        schedule: schedule.exactOptional(),
        follow: object({
          enabled: yes.exactOptional(),
          prefixes,
          endsAt: text('a time in UTC, quoted: "2027-06-30T00:00:00Z"').exactOptional(),
          replaceBucketNotifications: yes,
          awsAccountId: text("twelve digits, quoted").exactOptional(),
        }).exactOptional(),
        overwrite: z.enum(Overwrite, { error: Object.values(Overwrite).join(", ") }).exactOptional(),
        deleteFromSource: text("the source bucket's name, once more").exactOptional(),
        notificationTopic: text("projects/PROJECT/topics/TOPIC").exactOptional(),
        logging: z
          .enum(MigrationLogging, { error: Object.values(MigrationLogging).join(", ") })
          .exactOptional(),
        transferSubjectId: text("about 21 digits, quoted").exactOptional(),
        tags: z.record(z.string(), z.string({ error: "a text, quoted" })).exactOptional(),
      }),
    ).optional(),
  ),
} as const;
