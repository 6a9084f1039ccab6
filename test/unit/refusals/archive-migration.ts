import { CustomerSuppliedEncryption } from "../../../components/index.ts";
import {
  ArchiveMigration,
  Overwrite,
  type ArchiveMigrationArgs,
} from "../../../components/migration/index.ts";
import type { Refusal } from "./refusal.ts";

const good: ArchiveMigrationArgs = {
  projectId: "studio",
  projectNumber: "123456789012",
  transferSubjectId: "100000000123456789012",
  source: { bucketName: "studio-archive" },
  sink: { bucketName: "studio-media" },
  waves: [{ name: "all" }],
  schedule: { startDate: "2027-01-15" },
};
const migration = (when: string, args: Partial<ArchiveMigrationArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new ArchiveMigration("archive", { ...good, ...args }),
  subject: 'ArchiveMigration "archive"',
  says,
});

const prefixRule =
  "allowed: the beginning of object names, without a leading slash, up to 1024 bytes: 2019/.";
export const archiveMigrationRefusals: Refusal[] = [
  migration(
    "no wave",
    { waves: [] },
    'waves: given no wave; allowed: one wave or more. Fix: add a wave, such as { name: "all" }',
  ),
  migration(
    "a prefix with a leading slash",
    { waves: [{ name: "first", prefixes: ["/2019/"] }] },
    `waves[0].prefixes[0]: given "/2019/"; ${prefixRule} Reason: names of objects begin without a slash. Fix: write "2019/"`,
  ),
  migration(
    "a prefix that another one covers",
    { waves: [{ name: "first", prefixes: ["2019/10/", "2019/"] }] },
    `waves[0].prefixes[0]: given "2019/10/"; ${prefixRule} Reason: "2019/" covers it already. Fix: correct or remove it`,
  ),
  migration(
    "more prefixes than the service takes",
    { waves: [{ name: "first", prefixes: Array.from({ length: 1001 }, (_, index) => `${index + 1000}/`) }] },
    "waves[0].prefixes: given 1001 prefixes; allowed: 1 to 1000 prefixes, or no such argument. Fix: use shorter prefixes, a manifest or more waves",
  ),
  migration(
    "an exclusion of what is not copied",
    { waves: [{ name: "first", prefixes: ["2019/"], excludePrefixes: ["2018/raw/"] }] },
    'waves[0].excludePrefixes[0]: given "2018/raw/"; allowed: something within one of prefixes. Reason: nothing else is copied anyway, and the service refuses it. Fix: remove it, or correct prefixes',
  ),
  migration(
    "waves that copy the same objects",
    { waves: [{ name: "first", prefixes: ["2019/"] }, { name: "rest" }] },
    'waves[1]: given "rest" copies objects below "2019/"; allowed: what wave "first" does not copy. Reason: objects in two waves are paid for twice. Fix: correct prefixes, or leave them to one of the two with excludePrefixes',
  ),
  migration(
    "two waves of one name, which no job can have",
    {
      waves: [
        { name: "Wave 1", prefixes: ["a/"] },
        { name: "Wave 1", prefixes: ["b/"] },
      ],
    },
    ...[0, 1].map(
      (index) =>
        `waves[${index}].name: given "Wave 1"; allowed: 1 to 32 characters of a-z, 0-9 and -, first and last a letter or digit, not follow. Reason: the wave's job is named after it, and follow is the job that follows arrivals. Fix: rename the wave`,
    ),
    'waves[1].name: given "Wave 1"; allowed: a name that no other wave has. Fix: rename one of them',
  ),
  migration(
    "two waves switched on at once",
    {
      waves: [
        { name: "first", prefixes: ["a/"], enabled: true },
        { name: "second", prefixes: ["b/"], enabled: true },
      ],
    },
    "waves: given 2 waves enabled: first, second; allowed: up to 1 at the same time. Reason: each wave is checked before the next one costs anything. Fix: switch off those that are done, or raise wavesAtATime",
  ),
  migration(
    "a manifest in S3",
    { waves: [{ name: "listed", manifest: "s3://studio-archive/list.csv" }] },
    'waves[0].manifest: given "s3://studio-archive/list.csv"; allowed: the address of a CSV file: gs://BUCKET/OBJECT. Reason: the service reads manifests from Cloud Storage. Fix: upload the list to a bucket of Cloud Storage and give its address',
  ),
  migration(
    "a manifest and prefixes",
    { waves: [{ name: "listed", manifest: "gs://studio-lists/list.csv", prefixes: ["a/"] }] },
    "waves[0].manifest: given with prefixes or excludePrefixes; allowed: either a manifest or prefixes. Reason: the manifest names each object already. Fix: keep one of them",
  ),
  migration(
    "a source path and prefixes",
    {
      source: { bucketName: "studio-archive", path: "films/" },
      waves: [{ name: "first", prefixes: ["a/"] }],
    },
    "waves[0].prefixes: given prefixes, with source.path; allowed: one of the two. Reason: Google does not say whether such prefixes begin at the bucket or at the path. Fix: leave source.path out and write whole prefixes",
  ),
  migration(
    "paths without their slash",
    {
      source: { bucketName: "studio-archive", path: "films" },
      sink: { bucketName: "studio-media", path: "/archive" },
    },
    'source.path: given "films"; allowed: a prefix that ends with a slash and does not begin with one, without * ? and $: archive/. Fix: write "films/"',
    'sink.path: given "/archive"; allowed: a prefix that ends with a slash and does not begin with one, without * ? and $: archive/. Fix: write "archive/"',
  ),
  migration(
    "a day that is none, and a wave that ends before it starts",
    {
      schedule: { startDate: "2027-02-29" },
      waves: [{ name: "all", schedule: { startDate: "2027-01-15", endDate: "2027-01-14" } }],
    },
    'waves[0].schedule.endDate: given "2027-01-14"; allowed: 2027-01-15 or later. Fix: end on or after startDate, or leave endDate out',
    'schedule.startDate: given "2027-02-29"; allowed: a day of the calendar, as YYYY-MM-DD. Fix: write it as "2027-01-15"',
  ),
  migration(
    "a repetition every minute",
    { schedule: { startDate: "2027-01-15", repeatEverySeconds: 60 } },
    "schedule.repeatEverySeconds: given 60; allowed: whole seconds, 3600 or more. Reason: Storage Transfer Service repeats once an hour at most. Fix: use follow for changes that cannot wait an hour",
  ),
  migration(
    "a repetition of a single run, at an hour that is none",
    {
      schedule: {
        startDate: "2027-01-15",
        endDate: "2027-01-15",
        startTime: "24:00",
        repeatEverySeconds: 7200,
      },
    },
    'schedule.startTime: given "24:00"; allowed: a time from 00:00 to 23:59, in UTC. Fix: write it as "22:30"',
    "schedule.repeatEverySeconds: given 7200 with endDate the same as startDate; allowed: nothing for a single run. Reason: a job that ends on the day it starts runs once. Fix: leave it out, or end later",
  ),
  migration(
    "keys of the client at the source, and customer-supplied keys at the sink",
    {
      source: { bucketName: "studio-archive", customerSuppliedEncryption: true },
      sink: {
        bucketName: "studio-media",
        customerSuppliedEncryption: CustomerSuppliedEncryption.Allowed,
      },
    },
    "source.customerSuppliedEncryption: given true; allowed: false. Reason: Storage Transfer Service takes no keys, so it cannot read objects with keys of the client (SSE-C). Fix: encrypt them by a key in AWS KMS first, or copy them with a tool of your own",
    "sink.customerSuppliedEncryption: given ALLOWED together with a transfer; allowed: FORBIDDEN, or nothing, where there is a transfer. Reason: Storage Transfer Service does not support customer-supplied keys. Fix: encrypt by a key in Cloud KMS (kmsKeyName) instead, or use another bucket for these objects",
  ),
  migration(
    "a deletion that names another bucket",
    { deleteFromSource: "studio-media" },
    'deleteFromSource: given "studio-media"; allowed: "studio-archive". Reason: it confirms from which bucket objects are to be deleted. Fix: leave it out to keep the source, or repeat the bucket\'s name',
  ),
  migration(
    "a deletion of what was not copied again",
    { deleteFromSource: "studio-archive", overwrite: Overwrite.Never },
    "deleteFromSource: given with overwrite NEVER; allowed: with overwrite DIFFERENT. Reason: an object that changed at the source is not copied again then, and must not be deleted. Fix: leave overwrite out",
  ),
  migration(
    "notifications to be replaced without a word, for another kind of account",
    { follow: { replaceBucketNotifications: false, awsAccountId: "1111-2222-3333", endsAt: "2027-06-30" } },
    "follow.replaceBucketNotifications: given false; allowed: true. Reason: a bucket has one notification configuration, and following takes the place of what is there. Fix: look at what `aws s3api get-bucket-notification-configuration` shows; if nothing needs it, set true",
    'follow.endsAt: given "2027-06-30"; allowed: a time in UTC. Fix: write it as "2027-06-30T00:00:00Z"',
    'follow.awsAccountId: given "1111-2222-3333"; allowed: an account id of 12 digits. Fix: write it as text, leading zeros included',
  ),
  migration(
    "a wave that no schedule says the time of",
    { schedule: undefined as never },
    'schedule: given nothing, and waves without one: all; allowed: a schedule for every wave. Fix: add schedule, such as { startDate: "2027-01-15" }',
  ),
  migration(
    "a topic's short name, and a user for a role",
    {
      notificationTopic: "news",
      source: { bucketName: "studio-archive", roleArn: "arn:aws:iam::111122223333:user/transfer" },
    },
    'source.roleArn: given "arn:aws:iam::111122223333:user/transfer"; allowed: the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME. Fix: use the ARN that `aws iam get-role` shows, or leave it out to have the role made',
    'notificationTopic: given "news"; allowed: projects/PROJECT/topics/TOPIC. Fix: use the topic\'s `id`',
  ),
];
