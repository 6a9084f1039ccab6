import { z } from "zod";
import { type JobError, type JobRequest, jobIdSchema, jobRequestSchema } from "../../protocol/index.ts";
import { beginsWithAny } from "../prefixes.ts";
import type { BrokerSettings } from "../ports.ts";
import { addressOf } from "../stores/address.ts";

/** Longest object name in bytes of UTF-8. https://docs.cloud.google.com/storage/docs/objects#naming */
const longestName = 1024;

/** Longest output prefix: what is left takes the attempt's folder and the longest output name (`outputNameSchema`, 400). */
const longestPrefix = 500;

function refuseName(
  what: string,
  uri: string,
  longest: number,
  allowed: readonly string[],
  settings: BrokerSettings,
): JobError | undefined {
  const { root, bucket, object } = addressOf(uri);
  if (allowed.length > 0 && !beginsWithAny(uri, allowed))
    return {
      code: "prefix-not-allowed",
      message: `${what} ${uri} is below none of the prefixes that this coordinator serves: ${allowed.join(", ")}.`,
    };
  const served = [`gs://${settings.bucket}/`, ...settings.otherBuckets];
  if (!served.includes(root))
    return {
      code: "bucket-not-allowed",
      message: `${what} ${uri} is in bucket ${bucket}; this coordinator serves only ${served.join(", ")}.`,
    };
  const reason = /\p{Cs}/u.test(object)
    ? "is not valid Unicode"
    : Buffer.byteLength(object) > longest
      ? `is longer than ${longest} bytes of UTF-8`
      : object.split("/").some((segment) => segment === "." || segment === "..")
        ? "has a . or .. segment, which HTTP clients rewrite"
        : root === `gs://${settings.bucket}/` && object.startsWith(settings.jobsPrefix)
          ? `is below ${settings.jobsPrefix}, where the coordinator keeps its job records`
          : undefined;
  if (reason === undefined) return undefined;
  return {
    code: "name-not-allowed",
    message: `The object name of ${what.toLowerCase()} ${uri.replaceAll(/\p{Cs}/gu, "\uFFFD")} ${reason}; choose another name.`,
  };
}

/** Why this coordinator can never run the request, or undefined. */
export const refusal = (request: JobRequest, settings: BrokerSettings): JobError | undefined =>
  refuseName("Input", request.input, longestName, settings.inputPrefixes, settings) ??
  refuseName("Output prefix", request.outputPrefix, longestPrefix, settings.outputPrefixes, settings) ??
  refuseKey(request.inputKeySecret, settings) ??
  refuseKey(request.outputKeySecret, settings);

function refuseKey(version: string | undefined, settings: BrokerSettings): JobError | undefined {
  if (version === undefined) return undefined;
  if (settings.isInClear)
    return {
      code: "encryption-needs-tls",
      message:
        "This coordinator serves no TLS, so that a customer-supplied key would cross the network in clear; give it a certificate (MPEGFLOW_TLS_DIRECTORY).",
    };
  if (settings.encryptionKeySecrets.includes(version.replace(/\/versions\/[^/]+$/, ""))) return undefined;
  return {
    code: "key-not-allowed",
    message: `${version} is none of the secrets that this coordinator takes encryption keys from (MPEGFLOW_ENCRYPTION_KEY_SECRETS).`,
  };
}

/** Maximum number of problems to report. */
const shownIssues = 50;

/** All problems of a body, in one sentence. */
export const issuesText = (error: z.ZodError): string =>
  error.issues
    .slice(0, shownIssues)
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message))
    .join("; ");

export type ParsedMessage =
  | { readonly kind: "request"; readonly request: JobRequest }
  /** The id can be read, the rest is wrong: the job can be failed by name. */
  | { readonly kind: "invalid"; readonly request: JobRequest; readonly error: JobError }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Placeholder in a failed job's record for an address that was missing or invalid. */
export const unreadableAddress = "gs://not-given/not-readable/";

/** Reads a message of the jobs topic. */
export function parseMessage(data: Uint8Array): ParsedMessage {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    return { kind: "unreadable", reason: "the message is not JSON in UTF-8" };
  }
  const parsed = jobRequestSchema.safeParse(body);
  if (parsed.success) return { kind: "request", request: parsed.data };
  const named = z.object({ id: jobIdSchema }).safeParse(body);
  if (!named.success)
    return { kind: "unreadable", reason: `the message names no job: ${issuesText(parsed.error)}` };
  const { shape } = jobRequestSchema;
  const kept = z
    .object({
      input: shape.input.catch(unreadableAddress),
      outputPrefix: shape.outputPrefix.catch(unreadableAddress),
      profile: shape.profile.catch("hls-h264"),
      labels: shape.labels.catch({}),
      priority: shape.priority.catch("normal"),
      inputKeySecret: shape.inputKeySecret.catch(undefined),
      outputKeySecret: shape.outputKeySecret.catch(undefined),
    })
    .parse(body);
  return {
    kind: "invalid",
    request: { id: named.data.id, ...kept },
    error: {
      code: "request-invalid",
      message: `The job request is not valid: ${issuesText(parsed.error)}`.slice(0, 2000),
    },
  };
}
