import { createHash } from "node:crypto";
import { type JobRequest, jobRequestSchema } from "../../protocol/index.ts";
import { issuesText } from "../jobs/job-request.ts";

/** Which uploads start jobs, and which jobs. */
export interface UploadRules {
  /** The only bucket whose objects are taken. */
  readonly bucket: string;
  /** Beginning of the names of objects that start jobs, ending in /. */
  readonly prefix: string;
  /** Ends of those names, compared without regard to case; empty for every name. */
  readonly suffixes: readonly string[];
  /** Beginning of the names of outputs, ending in /. */
  readonly outputPrefix: string;
  readonly profile: string;
}

/** What to make of a notification. */
export type Upload =
  | { readonly kind: "job"; readonly request: JobRequest }
  /** Nothing to do, now or ever. */
  | { readonly kind: "passed-over"; readonly reason: string }
  /** Not what this subscription should get: for people to look at. */
  | { readonly kind: "refused"; readonly reason: string };

/** Longest output prefix that names its input; beyond it the job's id stands for it. */
const longestNamed = 400;

/**
 * The job that an upload starts. Its id is made of bucket, object and generation alone, so that a notification that
 * comes twice is the same job, and a new generation under the same name is another one.
 *
 * @param attributes of the notification: https://docs.cloud.google.com/storage/docs/pubsub-notifications#attributes
 */
export function requestOfUpload(attributes: Readonly<Record<string, string>>, rules: UploadRules): Upload {
  const refused = (reason: string): Upload => ({ kind: "refused", reason });
  const passedOver = (reason: string): Upload => ({ kind: "passed-over", reason });
  const { eventType, bucketId, objectId, objectGeneration } = attributes;
  if (eventType === undefined || bucketId === undefined || objectId === undefined) {
    return refused("the message is no notification of Cloud Storage");
  }
  if (eventType !== "OBJECT_FINALIZE") return passedOver(`${eventType} is no upload`);
  if (bucketId !== rules.bucket) return refused(`the upload is in bucket ${bucketId}, not ${rules.bucket}`);
  if (!/^\d{1,19}$/.test(objectGeneration ?? "")) return refused("the notification names no generation");
  if (!objectId.startsWith(rules.prefix)) return passedOver(`the object is not below ${rules.prefix}`);
  const name = objectId.slice(rules.prefix.length);
  if (name === "" || name.endsWith("/")) return passedOver("the object stands for a folder");
  const lower = name.toLowerCase();
  if (rules.suffixes.length > 0 && !rules.suffixes.some((suffix) => lower.endsWith(suffix.toLowerCase()))) {
    return passedOver(`the object ends with none of ${rules.suffixes.join(", ")}`);
  }

  const id = jobIdOf(bucketId, objectId, objectGeneration ?? "");
  const named = `${rules.outputPrefix}${withoutExtension(name)}/${objectGeneration ?? ""}/`;
  const outputs = Buffer.byteLength(named) > longestNamed ? `${rules.outputPrefix}${id}/` : named;
  const parsed = jobRequestSchema.safeParse({
    id,
    input: `gs://${bucketId}/${objectId}`,
    outputPrefix: `gs://${bucketId}/${outputs}`,
    profile: rules.profile,
    labels: { trigger: "upload" },
  });
  return parsed.success ? { kind: "job", request: parsed.data } : refused(issuesText(parsed.error));
}

/** A name holds no line feed that passes as a job's input, so the parts cannot run into one another. */
export function jobIdOf(bucket: string, object: string, generation: string): string {
  const digest = createHash("sha256").update([bucket, object, generation].join("\n")).digest("hex");
  return `upload-${digest.slice(0, 40)}`;
}

/** `a.b/clip.v2.mp4` is `a.b/clip.v2`; a name that is nothing but an extension stays. */
const withoutExtension = (name: string): string => name.replace(/([^/])\.[^./]+$/, "$1");
