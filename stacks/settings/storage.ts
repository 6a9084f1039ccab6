import { z } from "zod";
import { ArchiveClass, InvalidPlacement, parsePlacement } from "../../components/index.ts";
import { inPlace, json, object, setting, text } from "../codecs.ts";

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
  bucketName: setting(
    {
      type: "text",
      meaning: "Name of the bucket, unique in all of Cloud Storage.",
      allowed: "a bucket name",
      default: "made up from the name",
      example: "my-project-media",
      effect: { kind: "replaces", of: ["Bucket", "BucketIAMMember"], unlessDisposable: "refused" },
    },
    z.string().min(3).optional(),
  ),
  archive: setting(
    {
      type: "list",
      meaning: "Ages in days at which objects move to colder storage classes.",
      allowed: "a list of objects with to, afterDays, prefixes",
      default: "never",
      example: "[{ to: NEARLINE, afterDays: 30, prefixes: [mezzanines/] }]",
      effect: inPlace("Bucket"),
    },
    json(
      z.array(
        object({
          to: z.enum(ArchiveClass, { error: Object.values(ArchiveClass).join(", ") }),
          afterDays: z.number({ error: "a number of days" }),
          prefixes: z.array(text("a prefix of object names")).optional(),
        }),
      ),
    ).optional(),
  ),
} as const;
