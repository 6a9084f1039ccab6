import type { Policies } from "@pulumi/policy";
import type { PolicyViolation } from "./events.ts";

/** Reports of violations for people and for other programs. */

/** What was judged, and what came of it. */
export interface Judged {
  readonly violations: readonly PolicyViolation[];
  /** How many resources were judged. */
  readonly resources: number;
  /** The policies that judged them; none where they are of a pack that only the engine has read. */
  readonly policies: Policies;
}

const counted = (resources: number): string =>
  `${resources} ${resources === 1 ? "resource" : "resources"} judged`;

const SEVERITIES = ["critical", "high", "medium", "low", ""] as const;

/** One line a violation, the gravest first, and what to do below each. */
export function table({ violations, resources, policies }: Judged): string {
  if (violations.length === 0) {
    const ofAll = policies.length === 0 ? "" : ` of ${policies.length} policies`;
    return `No violation${ofAll}; ${counted(resources)}.`;
  }
  const sorted = violations.toSorted(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
  const rows = sorted.map(({ level, severity, policy, urn }) => [severity, level, policy, resourceOf(urn)]);
  const header = ["SEVERITY", "LEVEL", "POLICY", "RESOURCE"];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const mandatory = violations.filter(isMandatory).length;
  return [
    line(header),
    ...rows.flatMap((row, index) => [line(row), ...indented(sorted[index]?.message ?? "")]),
    "",
    `${mandatory} mandatory, ${violations.length - mandatory} advisory; ${counted(resources)}.`,
  ].join("\n");
}

function indented(message: string): string[] {
  return message.split("\n").map((text) => `    ${text}`);
}

/** Whether a violation stops an update. */
export function isMandatory({ level }: PolicyViolation): boolean {
  return level !== "advisory";
}

function resourceOf(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return urn === "" ? "the stack" : `${types.split("$").at(-1) ?? ""} ${name}`;
}

/** The violations themselves, for scripts, and how many resources were judged. */
export function json({ violations, resources }: Judged): string {
  return JSON.stringify({ resourcesJudged: resources, violations }, undefined, 2);
}

const SARIF_LEVELS = {
  advisory: "warning",
  mandatory: "error",
  remediate: "error",
  disabled: "none",
} as const;

/** GitHub's scale, from 0 to 10. Source: https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning */
const SECURITY_SEVERITY = { critical: "9.5", high: "8.0", medium: "5.0", low: "2.0", "": "0.0" } as const;

/**
 * SARIF 2.1.0, which code scanning reads. A resource has no place in a file, so results point at `artifact`, the state or the
 * program, and name the resource as their logical location.
 */
export function sarif({ violations, resources, policies }: Judged, artifact: string): string {
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "mpegflow-gcs", rules: policies.map(ruleOf) } },
        results: violations.map((violation) => resultOf(violation, artifact, policies)),
        properties: { resourcesJudged: resources },
      },
    ],
  };
  return JSON.stringify(log, undefined, 2);
}

type Policy = Policies[number];

function ruleOf({
  name,
  displayName,
  description,
  url,
  remediationSteps,
  tags = [],
  severity,
}: Policy): object {
  return {
    id: name,
    name: displayName ?? name,
    shortDescription: { text: displayName ?? description },
    fullDescription: { text: description },
    ...(url !== undefined && { helpUri: url }),
    ...(remediationSteps !== undefined && { help: { text: remediationSteps } }),
    properties: { tags: ["security", ...tags], "security-severity": SECURITY_SEVERITY[severity ?? ""] },
  };
}

function resultOf(
  { policy, level, message, urn }: PolicyViolation,
  artifact: string,
  policies: Policies,
): object {
  const ruleIndex = policies.findIndex(({ name }) => name === policy);
  return {
    ruleId: policy,
    ...(ruleIndex >= 0 && { ruleIndex }),
    level: SARIF_LEVELS[level],
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(artifact) }, region: { startLine: 1 } },
        ...(urn !== "" && {
          logicalLocations: [{ name: resourceOf(urn), fullyQualifiedName: urn, kind: "resource" }],
        }),
      },
    ],
    // The same violation keeps its identity from run to run.
    partialFingerprints: { "policyAndResource/v1": `${policy}:${urn}` },
  };
}

/** JUnit: a test suite of one test a policy, which fails where the policy is violated. */
export function junit({ violations, resources, policies }: Judged): string {
  const byPolicy = Map.groupBy(violations, ({ policy }) => policy);
  const names = [...new Set([...policies.map(({ name }) => name), ...byPolicy.keys()])];
  const suites = names.map((name) => {
    const found = byPolicy.get(name) ?? [];
    const failing = found.filter(isMandatory);
    const text = found.map(({ urn, message }) => `${resourceOf(urn)}\n${message}`).join("\n\n");
    const first = found[0]?.message.split("\n")[0] ?? "";
    if (failing.length > 0) {
      return `    <testcase classname="mpegflow-gcs" name="${xml(name)}"><failure message="${xml(first)}">${xml(text)}</failure></testcase>`;
    }
    const advice = text === "" ? "" : `<system-out>${xml(text)}</system-out>`;
    return `    <testcase classname="mpegflow-gcs" name="${xml(name)}">${advice}</testcase>`;
  });
  const failures = [...byPolicy.values()].filter((found) => found.some(isMandatory)).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${names.length}" failures="${failures}">`,
    `  <testsuite name="mpegflow-gcs policies" tests="${names.length}" failures="${failures}">`,
    `    <properties><property name="resourcesJudged" value="${resources}"/></properties>`,
    ...suites,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function xml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
