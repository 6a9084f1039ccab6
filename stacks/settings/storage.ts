import { z } from "zod";
import {
  ArchiveClass,
  ArchiveClock,
  AutoclassTerminal,
  InvalidPlacement,
  parsePlacement,
} from "../../components/index.ts";
import {
  count,
  givenYesOrNo,
  inPlace,
  json,
  numberText,
  object,
  regionName,
  setting,
  text,
  texts,
  yes,
} from "../codecs.ts";

const placement = z.string().transform((given, context) => {
  try {
    return parsePlacement(given);
  } catch (error) {
    if (!(error instanceof InvalidPlacement)) throw error;
    for (const problem of error.problems) {
      context.addIssue({ code: "custom", message: problem.allowed, params: { problem } });
    }
    return z.NEVER;
  }
});

/** Keys of the bucket, which every stack has. */
export const STORAGE_SETTINGS = {
  placement: setting(
    {
      type: "text",
      meaning: "Where the bucket lives; two clusters need a dual-region.",
      allowed: "a region, a predefined dual-region, two regions joined by +, or a multi-region",
      example: "NAM4",
      effect: {
        kind: "replaces",
        of: ["Bucket", "BucketIAMMember", "Secret", "SecretIamMember", "SecretVersion"],
        unlessDisposable: "refused",
      },
    },
    placement,
  ),
  firstRegion: setting(
    {
      type: "text",
      meaning:
        "Region of the placement that comes first: where the audit trail's log bucket and data set are, and the first replica of secrets. Chosen once.",
      allowed: "one of the placement's regions",
      default: "the first by the alphabet",
      example: "us-west1",
      effect: {
        kind: "replaces",
        of: ["Secret", "SecretIamMember", "SecretVersion"],
        unlessDisposable: "refused",
      },
    },
    regionName.optional(),
  ),
  bucketName: setting(
    {
      type: "text",
      meaning: "Name of the bucket, unique in all of Cloud Storage.",
      allowed: "a bucket name",
      default: "the name with a random suffix",
      example: "my-project-media",
      effect: { kind: "replaces", of: ["Bucket", "BucketIAMMember"], unlessDisposable: "refused" },
    },
    z.string().min(3).optional(),
  ),
  archive: setting(
    {
      type: "list",
      meaning: "Ages in days at which objects move to colder storage classes.",
      allowed: "a list of objects with to, afterDays, countedFrom, prefixes",
      default: "never",
      example: "[{ to: NEARLINE, afterDays: 30, prefixes: [mezzanines/] }]",
      effect: inPlace("Bucket"),
    },
    json(
      z.array(
        object({
          to: z.enum(ArchiveClass, { error: Object.values(ArchiveClass).join(", ") }),
          afterDays: z.number({ error: "a number of days" }),
          countedFrom: z
            .enum(ArchiveClock, { error: Object.values(ArchiveClock).join(" or ") })
            .exactOptional(),
          prefixes: texts("a prefix of object names").exactOptional(),
        }),
      ),
    ).optional(),
  ),
  autoclass: setting(
    {
      type: "object",
      meaning:
        "Lets Google choose each object's class by its use, instead of `archive`; `{}` for Nearline as the coldest.",
      allowed: "an object with terminalStorageClass",
      default: "off",
      example: "{ terminalStorageClass: ARCHIVE }",
      effect: inPlace("Bucket"),
    },
    json(
      object({
        terminalStorageClass: z
          .enum(AutoclassTerminal, { error: Object.values(AutoclassTerminal).join(" or ") })
          .exactOptional(),
      }),
    ).optional(),
  ),
  softDeleteRetentionSeconds: setting(
    {
      type: "whole number",
      meaning: "Seconds for which deleted objects can be restored, and are billed.",
      allowed: "0 for off, or a whole number from 604800 (7 days) to 7776000 (90 days)",
      default: "604800; 0 for a disposable stack",
      example: "1209600",
      effect: inPlace("Bucket"),
    },
    numberText({ min: 0, max: 7_776_000 })
      .refine((seconds) => seconds <= 0 || seconds >= 604_800)
      .optional(),
  ),
  versioning: givenYesOrNo(
    "Keeps the older versions of overwritten and deleted objects, billed at the full rate. A platform's job records are overwritten often.",
    inPlace("Bucket"),
  ),
  temporaryPrefixes: setting(
    {
      type: "list",
      meaning: "Prefixes whose objects are deleted at an age in days.",
      allowed: "a list of objects with prefix, expireAfterDays",
      default: "none",
      example: "[{ prefix: scratch/, expireAfterDays: 2 }]",
      effect: inPlace("Bucket"),
    },
    json(
      z.array(
        object({
          prefix: text("a prefix of object names"),
          expireAfterDays: z.number({ error: "a number of days" }),
        }),
      ),
    ).optional(),
  ),
  objectRetention: givenYesOrNo(
    "Lets writers set retention on each object. Can be set only when the bucket is created.",
    { kind: "replaces", of: ["Bucket", "BucketIAMMember"], unlessDisposable: "refused" },
  ),
  cors: setting(
    {
      type: "list",
      meaning: "Web pages of other origins that may use the bucket's objects, by signed URLs for example.",
      allowed: "a list of objects with origins, methods, responseHeaders, maxAgeSeconds",
      default: "none",
      example: "[{ origins: ['https://studio.example.com'], methods: [GET, PUT] }]",
      effect: inPlace("Bucket"),
    },
    json(
      z.array(
        object({
          origins: texts("an origin such as https://studio.example.com, or *"),
          methods: texts("an HTTP method in capitals, or *"),
          responseHeaders: texts("the name of a header, or *").exactOptional(),
          maxAgeSeconds: count.exactOptional(),
        }),
      ),
    ).optional(),
  ),
  ipFilter: setting(
    {
      type: "object",
      meaning:
        "Networks from which requests are allowed. Include those of coordinators, workers and of the place where Pulumi runs. The filter can be turned off but not removed.",
      allowed:
        "an object with publicIpCidrRanges, networks, allowServiceAgents, allowCrossOrganizationNetworks, enabled",
      default: "any",
      example: "{ publicIpCidrRanges: [203.0.113.0/24], allowServiceAgents: true }",
      effect: inPlace("Bucket"),
    },
    json(
      object({
        publicIpCidrRanges: texts("a range such as 203.0.113.0/24").exactOptional(),
        networks: z
          .array(
            object({
              network: text("projects/PROJECT/global/networks/NETWORK"),
              allowedIpCidrRanges: texts("a range such as 10.0.0.0/20"),
            }),
          )
          .exactOptional(),
        allowServiceAgents: yes.exactOptional(),
        allowCrossOrganizationNetworks: yes.exactOptional(),
        enabled: yes.exactOptional(),
      }),
    ).optional(),
  ),
  accessLogs: setting(
    {
      type: "object",
      meaning: "Another bucket that gets hourly usage logs and a daily storage log.",
      allowed: "an object with bucketName, objectNamePrefix",
      default: "none",
      example: "{ bucketName: my-project-access-logs }",
      effect: inPlace("Bucket"),
    },
    json(
      object({
        bucketName: text("the name of an existing bucket"),
        objectNamePrefix: text("the beginning of names").exactOptional(),
      }),
    ).optional(),
  ),
  iamMembers: setting(
    {
      type: "list",
      meaning: "Roles on the bucket, beside those that the stack gives itself and those that others give.",
      allowed: "a list of objects with name, role, member, condition",
      default: "none",
      example: "[{ name: readers, role: roles/storage.objectViewer, member: 'group:playout@example.com' }]",
      effect: { kind: "adds or removes", of: ["BucketIAMMember"] },
    },
    json(
      z.array(
        object({
          name: text("a short name such as readers"),
          role: text("a role such as roles/storage.objectViewer"),
          member: text("user:, group:, serviceAccount: and an address, or principal://"),
          condition: object({
            title: text("a few words"),
            expression: text("an expression in CEL"),
            description: text("why").exactOptional(),
          }).exactOptional(),
        }),
      ),
    ).optional(),
  ),
} as const;
