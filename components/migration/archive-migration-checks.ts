import { customerSuppliedKeyProblems } from "../encryption/customer-supplied-keys.ts";
import { prefixPaths, oneOfProblems, shown, type Problem } from "../validation/index.ts";
import {
  ArrivalClass,
  MigrationLogging,
  Overwrite,
  type ArchiveMigrationArgs,
  type MigrationFollow,
} from "./archive-migration-args.ts";
import {
  awsRegionProblems,
  kmsKeyArnProblems,
  s3BucketNameProblems,
  subjectIdProblems,
} from "./aws-names.ts";
import { scheduleProblems } from "./schedule.ts";
import { prefixListProblems, waveProblems } from "./waves.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/**
 * Notification configurations of a bucket.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */
const MOST_FOLLOWED_PREFIXES = 100;

/** The arguments without what a stack knows by itself. */
type MigrationGiven = Omit<ArchiveMigrationArgs, "projectId" | "sink"> & {
  readonly sink?: Omit<ArchiveMigrationArgs["sink"], "bucketName">;
};

/** Problems of the arguments, as far as they are known in advance. */
export function archiveMigrationProblems(args: MigrationGiven): Problem[] {
  const { source, sink = {}, follow } = args;
  const wavesAtATime = args.wavesAtATime ?? 1;
  return [
    ...subjectIdProblems("transferSubjectId", args.transferSubjectId),
    ...s3BucketNameProblems("source.bucketName", source.bucketName, true),
    ...pathProblems("source.path", source.path),
    ...awsRegionProblems("source.region", source.region),
    ...(source.kmsKeyArns ?? []).flatMap((arn, index) =>
      kmsKeyArnProblems(`source.kmsKeyArns[${index}]`, arn),
    ),
    ...roleArnProblems(source.roleArn),
    ...pathProblems("sink.path", sink.path),
    ...oneOfProblems("sink.storageClass", sink.storageClass, ArrivalClass),
    ...customerKeyProblems(args),
    ...(Number.isSafeInteger(wavesAtATime) && wavesAtATime >= 1
      ? waveProblems(args.waves, wavesAtATime)
      : [
          {
            path: "wavesAtATime",
            given: shown(wavesAtATime),
            allowed: "a whole number, 1 or more",
            fix: "leave it out to switch waves on one at a time",
          },
        ]),
    ...pathAndPrefixProblems(args),
    ...(args.schedule === undefined
      ? missingScheduleProblems(args)
      : prefixPaths("schedule", scheduleProblems(args.schedule))),
    ...(follow === undefined ? [] : prefixPaths("follow", followProblems(follow))),
    ...oneOfProblems("overwrite", args.overwrite, Overwrite),
    ...oneOfProblems("logging", args.logging, MigrationLogging),
    ...deletionProblems(args),
    ...topicProblems(args.notificationTopic),
  ];
}

function pathProblems(path: string, given: string | undefined): Problem[] {
  if (given === undefined || /^[^/\r\n*?$][^\r\n*?$]*\/$/.test(given)) return [];
  return [
    {
      path,
      given: shown(given),
      allowed: "a prefix that ends with a slash and does not begin with one, without * ? and $: archive/",
      fix:
        given === "" || given === "/"
          ? "leave it out to mean the whole bucket"
          : `write ${shown(`${given.replaceAll(/^\/+|\/+$/g, "")}/`)}`,
    },
  ];
}

function roleArnProblems(arn: unknown): Problem[] {
  if (typeof arn !== "string" || /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn)) return [];
  return [
    {
      path: "source.roleArn",
      given: shown(arn),
      allowed: "the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME",
      fix: "use the ARN that `aws iam get-role` shows, or leave it out to have the role made",
    },
  ];
}

function customerKeyProblems({ source, sink = {} }: MigrationGiven): Problem[] {
  return [
    ...(source.customerSuppliedEncryption === true
      ? [
          {
            path: "source.customerSuppliedEncryption",
            given: "true",
            allowed: "false",
            because:
              "Storage Transfer Service takes no keys, so it cannot read objects with keys of the client (SSE-C).",
            fix: "encrypt them by a key in AWS KMS first, or copy them with a tool of your own",
          },
        ]
      : []),
    ...prefixPaths(
      "sink",
      customerSuppliedKeyProblems({
        ...withoutUndefined({ customerSuppliedEncryption: sink.customerSuppliedEncryption }),
        transfer: true,
      }),
    ),
  ];
}

/** Google does not document how a root path and prefixes combine: a mistake would copy nothing, or too much. */
function pathAndPrefixProblems({ source, waves }: MigrationGiven): Problem[] {
  if (source.path === undefined) return [];
  return waves.flatMap(({ prefixes, excludePrefixes }, index): Problem[] =>
    prefixes === undefined && excludePrefixes === undefined
      ? []
      : [
          {
            path: `waves[${index}].${prefixes === undefined ? "excludePrefixes" : "prefixes"}`,
            given: "prefixes, with source.path",
            allowed: "one of the two",
            because: "Google does not say whether such prefixes begin at the bucket or at the path.",
            fix: "leave source.path out and write whole prefixes",
          },
        ],
  );
}

function missingScheduleProblems({ waves }: MigrationGiven): Problem[] {
  const without = waves.filter(({ schedule }) => schedule === undefined).map(({ name }) => name);
  if (without.length === 0) return [];
  return [
    {
      path: "schedule",
      given: `nothing, and waves without one: ${without.join(", ")}`,
      allowed: "a schedule for every wave",
      fix: 'add schedule, such as { startDate: "2027-01-15" }',
    },
  ];
}

function followProblems({
  prefixes,
  endsAt,
  replaceBucketNotifications,
  awsAccountId,
}: MigrationFollow): Problem[] {
  return [
    ...(replaceBucketNotifications
      ? []
      : [
          {
            path: "replaceBucketNotifications",
            given: "false",
            allowed: "true",
            because:
              "a bucket has one notification configuration, and following takes the place of what is there.",
            fix: "look at what `aws s3api get-bucket-notification-configuration` shows; if nothing needs it, set true",
          },
        ]),
    ...(prefixes === undefined ? [] : prefixListProblems("prefixes", prefixes)),
    ...(prefixes !== undefined && prefixes.length > MOST_FOLLOWED_PREFIXES
      ? [
          {
            path: "prefixes",
            given: `${prefixes.length} prefixes`,
            allowed: `up to ${MOST_FOLLOWED_PREFIXES}: a bucket has no more notification configurations`,
            fix: "use shorter prefixes",
          },
        ]
      : []),
    ...(endsAt === undefined || isTimestamp(endsAt)
      ? []
      : [
          {
            path: "endsAt",
            given: shown(endsAt),
            allowed: "a time in UTC",
            fix: 'write it as "2027-06-30T00:00:00Z"',
          },
        ]),
    ...(awsAccountId === undefined || /^\d{12}$/.test(awsAccountId)
      ? []
      : [
          {
            path: "awsAccountId",
            given: shown(awsAccountId),
            allowed: "an account id of 12 digits",
            fix: "write it as text, leading zeros included",
          },
        ]),
  ];
}

const isTimestamp = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text));

function deletionProblems({ deleteFromSource, source, overwrite }: MigrationGiven): Problem[] {
  if (deleteFromSource === undefined) return [];
  return [
    ...(deleteFromSource === source.bucketName
      ? []
      : [
          {
            path: "deleteFromSource",
            given: shown(deleteFromSource),
            allowed:
              typeof source.bucketName === "string"
                ? shown(source.bucketName)
                : "the source bucket's name, both here and in source.bucketName as plain text",
            because: "it confirms from which bucket objects are to be deleted.",
            fix: "leave it out to keep the source, or repeat the bucket's name",
          },
        ]),
    ...(overwrite === Overwrite.Never
      ? [
          {
            path: "deleteFromSource",
            given: "with overwrite NEVER",
            allowed: "with overwrite DIFFERENT",
            because:
              "an object that changed at the source is not copied again then, and must not be deleted.",
            fix: "leave overwrite out",
          },
        ]
      : []),
  ];
}

function topicProblems(topic: unknown): Problem[] {
  if (typeof topic !== "string" || /^projects\/[^/\s]+\/topics\/[^/\s]+$/.test(topic)) return [];
  return [
    {
      path: "notificationTopic",
      given: shown(topic),
      allowed: "projects/PROJECT/topics/TOPIC",
      fix: "use the topic's `id`",
    },
  ];
}
