import { createHash } from "node:crypto";
import { list, object, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { recorded } from "../recorded.ts";
import { canonical, isList, isObject, listOf, textOf, type Properties } from "../values.ts";
import { cloudOf, sameShortName } from "./common.ts";

const auditLogConfigs = list(
  object({
    logType: string({ allowed: ["ADMIN_READ", "DATA_READ", "DATA_WRITE"] }),
    exemptedMembers: list(
      string({
        pattern: /^(user|serviceAccount|group|domain):.+$/,
        rule: 'a member such as "user:NAME@example.com" or "serviceAccount:E-MAIL"',
      }),
    ),
  }),
  { min: 1 },
);

/** Which of a service's Data Access logs are written; the resource owns the whole of it. */
export const iamAuditConfig: ResourceModel = recorded({
  type: "gcp:projects/iAMAuditConfig:IAMAuditConfig",
  fields: {
    project: string({ same: sameShortName }),
    service: string({
      pattern: /^(allServices|[a-z0-9.-]+\.googleapis\.com)$/,
      rule: 'a service such as "storage.googleapis.com", or "allServices"',
    }),
    auditLogConfigs,
  },
  outputs: ["etag"],
  changing: ["etag"],
  problems: (inputs) => repeatedTypes(inputs),
  identity: (inputs) => inputs["service"],
  idOf: (inputs, context) =>
    `${cloudOf(inputs, context).project}/audit_config/${textOf(inputs["service"]) ?? ""}`,
  report: (inputs) => ({
    etag: createHash("sha256").update(canonical(inputs["auditLogConfigs"])).digest("base64").slice(0, 12),
  }),
});

function repeatedTypes(inputs: Properties): string[] {
  const types = (isList(inputs["auditLogConfigs"]) ? listOf(inputs["auditLogConfigs"]) : []).flatMap(
    (config) => (isObject(config) ? [textOf(config["logType"]) ?? ""] : []),
  );
  return types
    .filter((type, index) => types.indexOf(type) !== index)
    .map((type) => `auditLogConfigs has the log type ${type} more than once`);
}
