import {
  S3Access,
  S3AccessRole,
  S3Bucket,
  S3Setting,
  type S3AccessRoleArgs,
  type S3BucketArgs,
} from "../../../components/migration/index.ts";
import type { Refusal } from "./refusal.ts";

const bucket = (when: string, args: S3BucketArgs, ...says: string[]): Refusal => ({
  when,
  make: () => new S3Bucket("archive", args),
  subject: 'S3Bucket "archive"',
  says,
});

const nameRule = "allowed: 3 to 63 lower-case letters, digits and -, first and last a letter or digit.";
const nameFix = "Fix: give the bucket's name alone, without s3:// or an ARN, or choose another name";

export const s3BucketRefusals: Refusal[] = [
  bucket(
    "an address for a name",
    { existingBucketName: "s3://studio-archive" },
    `existingBucketName: given "s3://studio-archive"; ${nameRule} Reason: it has a character that bucket names cannot have. ${nameFix}`,
  ),
  bucket(
    "a new bucket with dots in its name",
    { bucketName: "archive.studio.example" },
    `bucketName: given "archive.studio.example"; ${nameRule} Reason: S3's certificates do not cover host names with more dots. ${nameFix}`,
  ),
  bucket(
    "a name that AWS reserves",
    { bucketName: "xn--archive" },
    `bucketName: given "xn--archive"; ${nameRule} Reason: AWS reserves its beginning or end. ${nameFix}`,
  ),
  bucket(
    "a new and an existing bucket at once",
    { bucketName: "studio-archive", existingBucketName: "studio-archive" },
    "bucketName, existingBucketName: given both; allowed: one of them. Reason: the first makes a bucket, and the second uses one that is there. Fix: keep the one that is meant",
  ),
  bucket(
    "an existing bucket to be deleted with the stack",
    { existingBucketName: "studio-archive", disposable: true },
    "disposable: given a value, for an existing bucket; allowed: nothing. Reason: the component neither tags nor deletes a bucket that it has not made. Fix: remove it",
  ),
  bucket(
    "an encryption that an existing bucket would not get",
    {
      existingBucketName: "studio-archive",
      kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      manage: [S3Setting.Policy],
    },
    'kmsKeyArn: given a value, for an existing bucket; allowed: nothing, unless manage has "encryption". Reason: the component does not manage that setting of the bucket. Fix: remove it, or add "encryption" to manage',
  ),
  bucket(
    "settings to manage, of a new bucket",
    { manage: [S3Setting.Policy] },
    'manage: given ["policy"]; allowed: with existingBucketName only. Reason: a bucket that the component makes gets all of the settings. Fix: remove it, or name the bucket in existingBucketName',
  ),
  bucket(
    "a key's alias",
    { kmsKeyArn: "alias/archive" },
    'kmsKeyArn: given "alias/archive"; allowed: the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID. Reason: aliases and ids mean another key in another account. Fix: use the ARN that `aws kms describe-key` shows',
  ),
  bucket(
    "an expiry of versions that are not kept, after no day, in a region of Google",
    { expireOldVersionsAfterDays: 0, region: "europe-west3" },
    'region: given "europe-west3"; allowed: a region of AWS such as "eu-central-1". Fix: use the name that the bucket\'s properties show',
    "expireOldVersionsAfterDays: given 0; allowed: whole days, 1 or more. Fix: give a number of days",
    "expireOldVersionsAfterDays: given 0 without versioning; allowed: with versioning: true only. Reason: a bucket without versioning has no older versions. Fix: set versioning: true, or leave it out",
  ),
];

const good: S3AccessRoleArgs = {
  bucketName: "studio-archive",
  access: S3Access.Read,
  subjectId: "100000000123456789012",
  audience: "studio-archive",
};
const role = (when: string, args: Partial<S3AccessRoleArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new S3AccessRole("reader", { ...good, ...args }),
  subject: 'S3AccessRole "reader"',
  says,
});

export const s3AccessRoleRefusals: Refusal[] = [
  role(
    "an e-mail address as the subject",
    { subjectId: "reader@studio.iam.gserviceaccount.com" },
    "subjectId: given \"reader@studio.iam.gserviceaccount.com\"; allowed: the account's unique id, about 21 digits. Reason: AWS compares the token's subject, which is this number and never the e-mail address. Fix: use `uniqueId` of gcp.serviceaccount.Account, or what `gcloud iam service-accounts describe EMAIL` shows",
  ),
  role(
    "no audience",
    { audience: "" },
    'audience: given ""; allowed: 1 to 255 visible characters. Reason: without one, every token of the account would open the bucket. Fix: choose a name for this use, such as the bucket\'s',
  ),
  role(
    "a pattern for a prefix",
    { prefixes: ["masters/*"] },
    'prefixes[0]: given "masters/*"; allowed: the beginning of an object name, without a leading slash and without * ? ${: masters/. Reason: a policy reads these as patterns. Fix: name the prefix as the objects\' names begin',
  ),
  role(
    "an empty list of prefixes",
    { prefixes: [] },
    "prefixes: given no prefix; allowed: one prefix or more, or no such argument for every object. Fix: leave it out to mean every object",
  ),
  role(
    "deletion by a reader",
    { deleteObjects: true },
    "deleteObjects: given true with access read; allowed: with access read-write only. Fix: set access: S3Access.ReadWrite, or leave deleteObjects out",
  ),
  role(
    "a session of a day",
    { maxSessionSeconds: 86_400 },
    "maxSessionSeconds: given 86400; allowed: a whole number from 3600 to 43200. Fix: use a number in that range",
  ),
];
