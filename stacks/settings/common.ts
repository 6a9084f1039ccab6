import { z } from "zod";
import { inPlace, json, setting, yesOrNo } from "../codecs.ts";

/** What a stack can be. */
export const STACK_KINDS = ["platform", "archive"] as const;
export type StackKind = (typeof STACK_KINDS)[number];

/** Keys of every stack: what it is and whose it is. */
export const COMMON_SETTINGS = {
  kind: setting(
    {
      type: "text",
      meaning:
        "What the stack is: `platform` encodes, with clusters; `archive` is one bucket that others' media moves to, without any.",
      allowed: STACK_KINDS.join(" or "),
      default: "platform",
      example: "archive",
      effect: { kind: "replaces", of: ["everything"], unlessDisposable: "refused" },
    },
    z.enum(STACK_KINDS).default("platform"),
  ),
  name: setting(
    {
      type: "text",
      meaning: "First part of the names of all resources, chosen once.",
      allowed: "2 to 16 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
      default: "mpegflow",
      example: "mpegflow",
      effect: { kind: "replaces", of: ["everything"], unlessDisposable: "refused" },
    },
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,14}[a-z0-9]$/)
      .default("mpegflow"),
  ),
  projectId: setting(
    {
      type: "text",
      meaning: "Id of the Google Cloud project.",
      allowed: "a project id: 6 to 30 characters of a-z, 0-9 and -, starting with a letter",
      example: "my-project",
      effect: {
        kind: "replaces",
        of: [
          "Account",
          "Bucket",
          "BucketIAMMember",
          "HmacKey",
          "Schema",
          "Secret",
          "SecretIamMember",
          "SecretVersion",
          "Subscription",
          "SubscriptionIAMMember",
          "Topic",
          "TopicIAMMember",
        ],
        unlessDisposable: "refused",
      },
    },
    z.string().regex(/^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
  ),
  projectNumber: setting(
    {
      type: "text",
      meaning:
        "Number of that project; when given, nothing is looked up. `111111111111` is a placeholder: previews accept it, updates refuse it.",
      allowed: "a project number: digits only",
      default: "looked up",
      example: '"123456789012"',
      effect: {
        kind: "replaces",
        of: ["BucketIAMMember", "SecretIamMember", "SubscriptionIAMMember", "TopicIAMMember"],
      },
    },
    z
      .string()
      .regex(/^[1-9]\d{0,18}$/)
      .optional(),
  ),
  labels: setting(
    {
      type: "object",
      meaning: "Labels of bucket, topics, subscriptions and secrets.",
      allowed: "an object of texts",
      default: "none",
      example: "{ team: video }",
      effect: inPlace("Bucket", "Secret", "Subscription", "Topic"),
    },
    json(z.record(z.string(), z.string({ error: "a text, quoted" }))).optional(),
  ),
  disposable: yesOrNo(
    "Lets `pulumi destroy` delete everything, the bucket with its objects included: for environments that hold nothing of worth.",
    inPlace("Account", "Bucket", "HmacKey", "Schema", "Secret", "SecretVersion", "Subscription", "Topic"),
  ),
} as const;
