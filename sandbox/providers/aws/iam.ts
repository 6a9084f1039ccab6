import { randomInt } from "node:crypto";
import { boolean, integer, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { textOf } from "../values.ts";
import { accountOf, allTags, tags } from "./common.ts";
import { inlinePolicy, policyField, policyProblems, policyText, trustPolicy } from "./policy-document.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
const newRoleId = (): string =>
  `AROA${Array.from({ length: 17 }, () => alphabet.charAt(randomInt(alphabet.length))).join("")}`;

const entityName = (longest: number) =>
  string({
    replaces: true,
    pattern: new RegExp(`^[\\w+=,.@-]{1,${longest}}$`),
    rule: `1 to ${longest} letters, digits and + = , . @ _ -`,
  });

const roleName = named("name", 64);

export const role: ResourceModel = recorded({
  type: "aws:iam/role:Role",
  fields: {
    name: entityName(64),
    assumeRolePolicy: policyField,
    description: string({ pattern: /^.{0,1000}$/su, rule: "at most 1000 characters" }),
    forceDetachPolicies: boolean({ default: false, local: true }),
    maxSessionDuration: integer({ default: 3600, min: 3600, max: 43_200 }),
    path: string({
      default: "/",
      replaces: true,
      pattern: /^\/([!-~]+\/)?$/,
      rule: "a path that starts and ends with /",
    }),
    permissionsBoundary: string(),
    tags,
  },
  outputs: ["arn", "createDate", "tagsAll", "uniqueId"],
  complete: (inputs, naming) => roleName.complete(policyText(inputs, "assumeRolePolicy"), naming),
  identity: roleName.identity,
  problems: (inputs) => policyProblems("assumeRolePolicy", inputs["assumeRolePolicy"], trustPolicy),
  predict: (inputs, config) => ({ tagsAll: allTags(inputs, config) }),
  distinct: true,
  idOf: (inputs) => textOf(inputs["name"]) ?? "",
  report: (inputs, id, { config }, old) => ({
    arn: `arn:aws:iam::${accountOf(config)}:role${textOf(inputs["path"]) ?? "/"}${id}`,
    createDate: old?.["createDate"] ?? new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    uniqueId: old?.["uniqueId"] ?? newRoleId(),
    tagsAll: allTags(inputs, config),
  }),
});

const policyName = named("name", 128);

/** The id is `role:policy`. */
export const rolePolicy: ResourceModel = recorded({
  type: "aws:iam/rolePolicy:RolePolicy",
  fields: {
    name: entityName(128),
    role: string({ required: true, replaces: true }),
    policy: policyField,
  },
  outputs: [],
  complete: (inputs, naming) => policyName.complete(policyText(inputs, "policy"), naming),
  identity: (inputs, name) => {
    const own = policyName.identity(inputs, name);
    return own === undefined ? undefined : `${textOf(inputs["role"]) ?? ""}:${own}`;
  },
  problems: (inputs) => policyProblems("policy", inputs["policy"], inlinePolicy),
  idOf: (inputs) => `${textOf(inputs["role"]) ?? ""}:${textOf(inputs["name"]) ?? ""}`,
  report: () => ({}),
});

/** The id is `role/policy ARN`. */
export const rolePolicyAttachment: ResourceModel = recorded({
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  fields: {
    role: string({ required: true, replaces: true }),
    policyArn: string({
      required: true,
      replaces: true,
      pattern: /^arn:aws[\w-]*:iam::(?:aws|\d{12}):policy\/.+$/,
      rule: "the ARN of a policy",
    }),
  },
  outputs: [],
  distinct: true,
  idOf: (inputs) => `${textOf(inputs["role"]) ?? ""}/${textOf(inputs["policyArn"]) ?? ""}`,
  report: () => ({}),
});
