import { z } from "zod";
import { ArchiveClass, HmacKeyState, InvalidPlacement, parsePlacement } from "../components/index.ts";
import { LIMITS } from "../components/workloads/limits.ts";
import { json, object, quantity, regionName, setting, text, wholeNumber, yesOrNo } from "./codecs.ts";

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

/** Every key of the project's namespace, in the order of the documentation. */
export const SETTINGS = {
  name: setting(
    {
      meaning:
        "First part of the names of all resources. Chosen once: a change replaces everything. Default: mpegflow.",
      allowed: "2 to 16 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
      example: "mpegflow",
    },
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,14}[a-z0-9]$/)
      .default("mpegflow"),
  ),
  projectId: setting(
    {
      meaning: "Id of the Google Cloud project.",
      allowed: "a project id: 6 to 30 characters of a-z, 0-9 and -, starting with a letter",
      example: "my-project",
    },
    z.string().regex(/^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
  ),
  projectNumber: setting(
    {
      meaning: "Number of that project; when given, a preview makes no call to Google. Default: looked up.",
      allowed: "a project number: digits only",
      example: '"123456789012"',
    },
    z
      .string()
      .regex(/^[1-9]\d{0,18}$/)
      .optional(),
  ),
  placement: setting(
    {
      meaning: "Where the bucket lives; two clusters need a dual-region.",
      allowed: "a region, a predefined dual-region, two regions joined by +, or a multi-region",
      example: "NAM4",
    },
    placement,
  ),
  bucketName: setting(
    {
      meaning: "Name of the bucket, unique in all of Cloud Storage. Default: made up from the name.",
      allowed: "a bucket name",
      example: "my-project-media",
    },
    z.string().min(3).optional(),
  ),
  clusters: setting(
    {
      meaning: "The Kubernetes clusters: one, or one in each region of a dual-region.",
      allowed: "a list of objects with region, context",
      example: "[{ region: us-central1, context: my-cluster }]",
    },
    json(
      z.array(
        object({
          region: regionName,
          context: text("the name of a context of the kubeconfig file"),
        }),
      ),
    ),
  ),
  images: setting(
    {
      meaning: "Images of the two programs.",
      allowed: "an object with coordinator, worker",
      example: "{ coordinator: REGISTRY/coordinator@sha256:…, worker: REGISTRY/worker@sha256:… }",
    },
    json(object({ coordinator: text("an image reference"), worker: text("an image reference") })),
  ),
  imagesByDigest: yesOrNo("Accepts images by digest only, so that what runs is what was reviewed."),
  coordinatorReplicas: wholeNumber("Coordinators in each region.", LIMITS.coordinatorReplicas),
  workerReplicas: wholeNumber(
    "Workers in each region, each encoding one job at a time.",
    LIMITS.encoderReplicas,
  ),
  worker: setting(
    {
      meaning: "What one worker asks of its node. Default: 4 CPU, 4Gi memory, 20Gi scratch.",
      allowed: "an object with cpu, memory, scratch",
      example: "{ cpu: '8', memory: 8Gi, scratch: 50Gi }",
    },
    json(
      object({
        cpu: quantity('a quantity of CPU, quoted, such as "4" or "500m"'),
        memory: quantity('a quantity of memory, such as "4Gi"'),
        scratch: quantity('a quantity of disk, such as "20Gi"').optional(),
      }),
    ).optional(),
  ),
  leaseSeconds: wholeNumber(
    "Seconds without a heartbeat until a job goes to another worker.",
    LIMITS.leaseSeconds,
  ),
  urlTtlSeconds: wholeNumber("Validity of signed URLs in seconds.", LIMITS.urlTtlSeconds),
  maxAttempts: wholeNumber("Attempts to encode a job before it fails.", LIMITS.maxAttempts),
  backlog: wholeNumber("Jobs that each coordinator holds ready for workers.", LIMITS.backlog),
  hmacKeys: setting(
    {
      meaning: "The signer's HMAC keys by name. Default: one ACTIVE key, a.",
      allowed: "a list of objects with name, state",
      example: "[{ name: a, state: ACTIVE }, { name: b, state: ACTIVE }]",
    },
    json(
      z.array(
        object({
          name: text("a short name such as a or b"),
          state: z.enum(HmacKeyState, { error: "ACTIVE or INACTIVE" }).default(HmacKeyState.ACTIVE),
        }),
      ),
    ).optional(),
  ),
  activeHmacKey: setting(
    {
      meaning: "Name of the HMAC key that signs. Default: the first ACTIVE one.",
      allowed: "the name of an ACTIVE key of hmacKeys",
      example: "b",
    },
    z.string().min(1).optional(),
  ),
  archive: setting(
    {
      meaning: "Ages in days at which objects move to colder storage classes. Default: never.",
      allowed: "a list of objects with to, afterDays, prefixes",
      example: "[{ to: NEARLINE, afterDays: 30, prefixes: [mezzanines/] }]",
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
  labels: setting(
    {
      meaning: "Labels of bucket, topics, subscriptions and secrets.",
      allowed: "an object of texts",
      example: "{ team: video }",
    },
    json(z.record(z.string(), z.string({ error: "a text, quoted" }))).optional(),
  ),
  disposable: yesOrNo(
    "Lets `pulumi destroy` delete everything, the bucket with its objects included: for environments that hold nothing of worth.",
  ),
} as const;

export type SettingKey = keyof typeof SETTINGS;

type Schemas = { [Key in SettingKey]: (typeof SETTINGS)[Key]["schema"] };

/** The one schema of all keys. Unknown keys are not its business: they may belong to Pulumi itself. */
export const configSchema = z.object(
  Object.fromEntries(Object.entries(SETTINGS).map(([key, { schema }]) => [key, schema])) as Schemas,
);

/** A stack's configuration, checked, with defaults. */
export type StackConfig = z.infer<typeof configSchema>;
