import { boolean, integer, list, map, object, string } from "../fields.ts";
import { listOf, objectOf } from "../values.ts";
import { bucketSetting } from "./s3-settings.ts";

const days = integer({ min: 1 });
const storageClass = string({
  required: true,
  allowed: ["GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"],
});
const sizes = { objectSizeGreaterThan: integer({ min: 0 }), objectSizeLessThan: integer({ min: 1 }) };
const actions = [
  "abortIncompleteMultipartUpload",
  "expiration",
  "noncurrentVersionExpiration",
  "noncurrentVersionTransitions",
  "transitions",
];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
export const bucketLifecycleConfiguration = bucketSetting({
  type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  fields: {
    expectedBucketOwner: string({ replaces: true, computed: true }),
    transitionDefaultMinimumObjectSize: string({
      computed: true,
      allowed: ["all_storage_classes_128K", "varies_by_storage_class"],
    }),
    rules: list(
      object({
        id: string({ required: true, pattern: /^.{1,255}$/su, rule: "an id of 1 to 255 characters" }),
        status: string({ required: true, allowed: ["Enabled", "Disabled"] }),
        filter: object({
          prefix: string(),
          ...sizes,
          tag: object({ key: string({ required: true }), value: string({ required: true }) }),
          and: object({ prefix: string(), ...sizes, tags: map(string()) }),
        }),
        abortIncompleteMultipartUpload: object({ daysAfterInitiation: days }),
        expiration: object({ date: string(), days, expiredObjectDeleteMarker: boolean() }),
        noncurrentVersionExpiration: object({
          noncurrentDays: integer({ required: true, min: 1 }),
          newerNoncurrentVersions: integer({ min: 1, max: 100 }),
        }),
        noncurrentVersionTransitions: list(
          object({
            noncurrentDays: integer({ required: true, min: 0 }),
            newerNoncurrentVersions: integer({ min: 1, max: 100 }),
            storageClass,
          }),
        ),
        transitions: list(object({ date: string(), days: integer({ min: 0 }), storageClass })),
      }),
    ),
  },
  report: () => ({ transitionDefaultMinimumObjectSize: "all_storage_classes_128K", expectedBucketOwner: "" }),
  problems: (inputs) => {
    const rules = listOf(inputs["rules"]).map(objectOf);
    const ids = rules.map(({ id }) => id);
    return [
      ...(rules.length > 1000 ? [`rules: ${rules.length} rules; S3 takes up to 1000`] : []),
      ...rules.flatMap((rule, index) => [
        ...(actions.some((action) => action in rule) ? [] : [`rules[${index}] must have an action`]),
        ...(ids.indexOf(rule["id"]) === index ? [] : [`rules[${index}].id is the id of an earlier rule`]),
      ]),
    ];
  },
});
