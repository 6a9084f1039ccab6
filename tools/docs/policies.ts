import { readFileSync } from "node:fs";
import type { Policies } from "@pulumi/policy";
import { DETAILS } from "../../policy/details.ts";
import { policies } from "../../policy/policies.ts";
import { environmentFile } from "../policy/environments.ts";

type Policy = Policies[number];

/** docs/reference/policies.md: every policy, made from the policies themselves. */
export function policiesPage(): string {
  return [
    "# Policies",
    "",
    "<!-- Written by `npm run docs` from policy/: change it there. -->",
    "",
    "Every policy takes `exceptions`, names or URNs of resources to exempt, and all but two take `stacks`, patterns of the stacks that it",
    "judges. `enforcementLevel` may be `advisory`, `mandatory`, `disabled`, or `remediate` where a policy remediates: it then corrects",
    "the inputs before the resource is created. Configure the pack by `--policy-pack-config <file>`:",
    "",
    "```json",
    '{ "buckets-prevent-public-access": "remediate", "signed-urls-are-short-lived": { "maxSeconds": 900 } }',
    "```",
    "",
    `Each environment has such a file, \`policy/environments/<stack>.json\`: \`prod\` makes every policy mandatory except ${advisoryIn("prod")}, \`dev\``,
    "relaxes those that guard no data. `npm run preview`, `npm run local` and `npm run policy -- <stack>` take the stack's own; elsewhere name it:",
    "",
    "```sh",
    "pulumi up --stack prod --policy-pack policy --policy-pack-config policy/environments/prod.json",
    "npm run policy -- state.json --environment prod",
    "```",
    "",
    "What a preview does not know yet is not judged before the update; `pulumi up` judges it then, and `everything-is-judged` names it in",
    "the preview. A policy that judges the whole stack sees the inputs of a resource whose provider is not configured yet, such as what",
    "goes into a cluster of the same stack.",
    "",
    "| policy | level | severity | remediates | what it asks |",
    "| --- | --- | --- | --- | --- |",
    ...policies.map(summaryRow),
    "",
    ...policies.flatMap(section),
  ].join("\n");
}

/** The policies that an environment leaves advisory, by its file. */
function advisoryIn(environment: string): string {
  const configured = JSON.parse(readFileSync(environmentFile(environment) ?? "", "utf8")) as Record<
    string,
    unknown
  >;
  const names = policies
    .filter(({ name, enforcementLevel }) => (levelOf(configured[name]) ?? enforcementLevel) !== "mandatory")
    .map(({ name }) => `\`${name}\``);
  return names.join(" and ");
}

function levelOf(configured: unknown): string | undefined {
  if (typeof configured === "string") return configured;
  const { enforcementLevel } = (configured ?? {}) as { readonly enforcementLevel?: string };
  return enforcementLevel;
}

function summaryRow(policy: Policy): string {
  const cells = [
    `[\`${policy.name}\`](#${policy.name})`,
    policy.enforcementLevel ?? "mandatory",
    policy.severity ?? "",
    remediates(policy) ? "yes" : "",
    policy.displayName ?? "",
  ];
  return `| ${cells.join(" | ")} |`;
}

function remediates(policy: Policy): boolean {
  return "remediateResource" in policy;
}

function judgedBy(policy: Policy): string {
  if (!("validateStack" in policy)) return "single resources";
  return "validateResource" in policy ? "single resources first, then the whole stack" : "the whole stack";
}

function section(policy: Policy): string[] {
  const { name, description, remediationSteps, url, framework, configSchema, tags = [] } = policy;
  const own = Object.entries(configSchema?.properties ?? {}).filter(([key]) => key !== "exceptions");
  return [
    `## ${name}`,
    "",
    description,
    "",
    ...(DETAILS[name] ?? []).flatMap((detail) => [detail, ""]),
    `- Judges ${judgedBy(policy)}; tags: ${tags.join(", ")}`,
    `- Framework: ${framework?.name ?? ""} ${framework?.version ?? ""}, ${framework?.reference ?? ""}`,
    `- Fix: ${remediationSteps ?? ""}`,
    `- [Documentation](${url ?? ""})`,
    ...own.map(
      ([key, schema]) =>
        `- \`${key}\` (default \`${JSON.stringify(schema.default)}\`): ${schema.description ?? ""}`,
    ),
    "",
  ];
}
