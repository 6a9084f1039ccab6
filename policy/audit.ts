import type { StackValidationPolicy } from "@pulumi/policy";
import { isRetentionLocked } from "./buckets/facts.ts";
import { cisGoogleCloud } from "./model/frameworks.ts";
import { auditConfigsOf, wideGrantsIn } from "./model/iam.ts";
import { AUDIT_CONFIG, BUCKET, LOG_SINK } from "./model/kinds.ts";
import { blocks, read, text, texts, UNKNOWN } from "./model/known.ts";
import { PRODUCTION, stackRule } from "./model/rule.ts";

interface DataAccessSettings {
  readonly exemptedMembers: readonly string[];
}

const SERVICES: ReadonlySet<string> = new Set(["storage.googleapis.com", "allServices"]);
const DATA_ACCESS = ["DATA_READ", "DATA_WRITE"];

export const dataAccessIsLogged: StackValidationPolicy = stackRule<DataAccessSettings>({
  name: "data-access-is-logged",
  family: "audit",
  subject: "a bucket",
  tokens: BUCKET,
  once: true,
  displayName: "Reads and writes of buckets are logged",
  description:
    "A production stack with buckets must turn on Data Access logs of Cloud Storage, for reads and writes, and exempt no " +
    "members but those in the configuration.",
  severity: "high",
  framework: cisGoogleCloud("2.1", "Ensure That Cloud Audit Logging Is Configured Properly"),
  url: "https://docs.cloud.google.com/storage/docs/audit-logging",
  reason:
    "Data Access logs are off by default: after an incident nobody can tell which objects were read, and entries that were never written cannot be recovered.",
  fix:
    "declare an IAMAuditConfig for storage.googleapis.com with DATA_READ and DATA_WRITE (AuditTrail of mpegflow-gcs does); " +
    "if another stack of the project does, exclude this one by the policy's stacks",
  stacks: PRODUCTION,
  config: {
    exemptedMembers: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "Members whose access need not be logged.",
    },
  },
  *judge(_, stack, { exemptedMembers }) {
    const configs = [
      ...stack.ofKind(AUDIT_CONFIG).map(({ props }) => props),
      // The IAM policy of a project, folder or organisation has audit configurations beside its roles.
      ...wideGrantsIn(stack).flatMap(auditConfigsOf),
    ];
    const entries = configs
      .filter((config) => SERVICES.has(text(config, "service") ?? ""))
      .flatMap((config) => blocks(config, "auditLogConfigs"));
    const missing = DATA_ACCESS.filter((type) => entries.every((entry) => text(entry, "logType") !== type));
    if (missing.length > 0)
      yield `is in a project whose ${missing.join(" and ")} logs this stack does not turn on`;
    const exempted = entries
      .flatMap((entry) => texts(entry, "exemptedMembers"))
      .filter((member) => !exemptedMembers.includes(member));
    if (exempted.length > 0) {
      const members = [...new Set(exempted)].join(", ");
      yield {
        text: `is not logged for ${members}`,
        fix: `remove ${members} from the exemptedMembers of the IAMAuditConfig, or allow them by exemptedMembers of this policy`,
      };
    }
  },
});

export const auditArchivesAreLocked: StackValidationPolicy = stackRule({
  name: "audit-archives-are-locked",
  family: "audit",
  subject: "a log sink",
  tokens: LOG_SINK,
  displayName: "Audit archives cannot be shortened",
  description: "In production, a bucket that a log sink writes to must have a locked retention policy.",
  severity: "high",
  framework: cisGoogleCloud(
    "2.3",
    "Ensure That Retention Policies on Cloud Storage Buckets Used for Exporting Logs Are Configured Using Bucket Lock",
  ),
  url: "https://docs.cloud.google.com/storage/docs/bucket-lock",
  reason:
    "anyone who can change the bucket can delete their own traces; nobody, not even an owner, can shorten a locked retention period.",
  fix: "set retentionPolicy with isLocked: true. A lock cannot be undone, so choose the period first",
  stacks: PRODUCTION,
  *judge(sink, stack) {
    const destination = read(() => text(sink.props, "destination"));
    if (destination !== UNKNOWN && destination?.startsWith("storage.googleapis.com/") !== true) return;
    const bucket = stack.referred(sink, "destination", BUCKET);
    if (bucket !== undefined && !isRetentionLocked(bucket.props)) {
      yield `writes to the bucket ${bucket.name}, whose retention is not locked`;
    }
  },
});
