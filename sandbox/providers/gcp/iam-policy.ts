import { crc32 } from "node:zlib";
import { list, object, string } from "../fields.ts";
import type { FunctionModel } from "../model.ts";
import { defined, listOf, objectOf, textOf, type Properties, type Value } from "../values.ts";

/**
 * A policy document, computed from its arguments alone, in the stock provider's order and spelling, so that a preview shows the text that
 * an update will send.
 *
 * Sources: https://www.pulumi.com/registry/packages/gcp/api-docs/organizations/getiampolicy/ and
 * https://github.com/hashicorp/terraform-provider-google/blob/main/google/services/resourcemanager/data_source_google_iam_policy.go
 */
export const getIamPolicy: FunctionModel = {
  token: "gcp:organizations/getIAMPolicy:getIAMPolicy",
  pure: true,
  fields: {
    bindings: list(
      object({
        role: string({ required: true }),
        members: list(
          string({ pattern: /^(?!deleted:)/, rule: 'a principal that exists: "deleted:" ones are refused' }),
          { required: true },
        ),
        condition: object({
          expression: string({ required: true }),
          title: string({ required: true }),
          description: string(),
        }),
      }),
    ),
    auditConfigs: list(
      object({
        service: string({ required: true }),
        auditLogConfigs: list(
          object({ logType: string({ required: true }), exemptedMembers: list(string()) }),
          { required: true },
        ),
      }),
    ),
  },
  call: (args) => {
    const policyData = policyText(args);
    return { ...args, id: String(crc32(policyData)), policyData };
  },
};

interface Binding {
  role: string;
  members: string[];
  condition: Properties | undefined;
}

function policyText({ bindings, auditConfigs }: Properties): string {
  const policy = {
    ...nonEmpty("auditConfigs", listOf(auditConfigs).map(objectOf).map(auditConfig)),
    ...nonEmpty(
      "bindings",
      mergedBindings(listOf(bindings)).map(({ condition, members, role }) => ({
        ...(condition && { condition }),
        ...nonEmpty("members", members),
        role,
      })),
    ),
  };
  return escapedAsInHtml(JSON.stringify(policy));
}

function nonEmpty<Item>(key: string, items: readonly Item[]): Record<string, readonly Item[]> {
  return items.length === 0 ? {} : { [key]: items };
}

/** Bindings of one role under one condition are one, with all their members. */
function mergedBindings(given: readonly Value[]): Binding[] {
  const merged = new Map<string, Binding>();
  for (const one of given.map(objectOf)) {
    const condition = conditionOf(one["condition"]);
    const role = textOf(one["role"]) ?? "";
    const key = JSON.stringify([role, condition]);
    const members = [...new Set(listOf(one["members"]).map(String))];
    merged.set(key, { role, condition, members: [...(merged.get(key)?.members ?? []), ...members].sort() });
  }
  return [...merged.values()].sort((one, other) => {
    const rank = rankOf(other);
    return (
      rankOf(one)
        .map((text, index) => ordered(text, rank[index] ?? ""))
        .find((order) => order !== 0) ?? 0
    );
  });
}

/** By role, then those without a condition first, then by what the condition says. */
function rankOf({ role, condition }: Binding): string[] {
  const said = ["expression", "title", "description"].map((key) => textOf(condition?.[key]) ?? "");
  return [role, condition === undefined ? "" : "1", ...said];
}

function conditionOf(value: Value | undefined): Properties | undefined {
  if (value === undefined) return undefined;
  const { description, expression, title } = objectOf(value);
  return defined({ description: description === "" ? undefined : description, expression, title });
}

function auditConfig({ service, auditLogConfigs }: Properties) {
  const logs = listOf(auditLogConfigs)
    .map(objectOf)
    .map(({ logType, exemptedMembers }) => ({
      ...nonEmpty("exemptedMembers", listOf(exemptedMembers).map(String).sort()),
      logType,
    }))
    .sort((one, other) => ordered(textOf(one.logType) ?? "", textOf(other.logType) ?? ""));
  return { ...nonEmpty("auditLogConfigs", logs), service };
}

/** By bytes, as Go compares. */
const ordered = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** As Go writes JSON: safe inside HTML. */
const escapedAsInHtml = (json: string): string =>
  json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
