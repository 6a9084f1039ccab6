import { createRequire } from "node:module";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { policies } from "../../../../policy/policies.ts";
import { violationsIn, type PolicyViolation } from "../../../../tools/policy/events.ts";
import { json, junit, sarif, table, type Judged } from "../../../../tools/policy/reports.ts";

const violation = (more: Partial<PolicyViolation>): PolicyViolation => ({
  policy: "buckets-are-not-force-destroyed",
  pack: "mpegflow-gcs",
  urn: "urn:pulumi:prod::media::mpegflow-gcs:index:MediaBucket$gcp:storage/bucket:Bucket::media",
  level: "mandatory",
  severity: "critical",
  description: "Buckets must not set forceDestroy.",
  message: 'Bucket "media" sets forceDestroy.\n  - Reason: loss.\n  - Fix: leave it out',
  ...more,
});
const advice = violation({
  policy: "unfinished-uploads-end",
  level: "advisory",
  severity: "low",
  message: 'Bucket "media" keeps <parts> & more.',
});
const both = [advice, violation({})];

const judged = (violations: readonly PolicyViolation[], resources = 12): Judged => ({
  violations,
  resources,
  policies,
});

test("the engine's events become violations, without the description that it puts first", () => {
  const event = (urn: string) =>
    JSON.stringify({
      sequence: 1,
      policyEvent: {
        resourceUrn: urn,
        message: "Buckets must not.\nBucket sets it.\n  - Fix: do not\n",
        policyName: "p",
        policyPackName: "pack",
        enforcementLevel: "mandatory",
        severity: "high",
      },
    });
  expect(violationsIn(`noise\n{"sequence":0}\n${event("b")}\n${event("a")}\n`)).toEqual(
    ["a", "b"].map((urn) => ({
      policy: "p",
      pack: "pack",
      urn,
      level: "mandatory",
      severity: "high",
      description: "Buckets must not.",
      message: "Bucket sets it.\n  - Fix: do not",
    })),
  );
});

describe("the table", () => {
  test("has the gravest first, and what to do", () => {
    expect(table(judged(both))).toBe(
      [
        "SEVERITY  LEVEL      POLICY                           RESOURCE",
        "critical  mandatory  buckets-are-not-force-destroyed  gcp:storage/bucket:Bucket media",
        '    Bucket "media" sets forceDestroy.',
        "      - Reason: loss.",
        "      - Fix: leave it out",
        "low       advisory   unfinished-uploads-end           gcp:storage/bucket:Bucket media",
        '    Bucket "media" keeps <parts> & more.',
        "",
        "1 mandatory, 1 advisory; 12 resources judged.",
      ].join("\n"),
    );
  });

  test("says so when there is nothing", () => {
    expect(table(judged([]))).toBe(`No violation of ${policies.length} policies; 12 resources judged.`);
    expect(table(judged([], 1))).toMatch(/; 1 resource judged\.$/);
  });

  test("counts no policies of a pack that only the engine has read", () => {
    expect(table({ ...judged([]), policies: [] })).toBe("No violation; 12 resources judged.");
  });
});

test("JSON has the violations as they are", () => {
  expect(JSON.parse(json(judged(both)))).toEqual({ resourcesJudged: 12, violations: both });
});

describe("SARIF", () => {
  const schema = createRequire(import.meta.url)(
    "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json",
  ) as object;
  // A schema of draft 4, which says nothing that later drafts read otherwise.
  const later = Object.fromEntries(
    Object.entries(schema).filter(([key]) => !["$schema", "id"].includes(key)),
  );
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(later);

  test.each([
    ["of nothing", []],
    ["of violations", both],
    ["of the stack itself", [violation({ urn: "" })]],
  ])("%s is valid by its schema", (_, violations) => {
    validate(JSON.parse(sarif(judged(violations), "state of prod.json")));
    expect(validate.errors).toBeNull();
  });

  test("names the rule, the level and the resource of each", () => {
    const { runs } = JSON.parse(sarif(judged(both), "state.json")) as {
      runs: { properties: object; results: object[]; tool: { driver: { rules: object[] } } }[];
    };
    expect(runs[0]?.tool.driver.rules).toHaveLength(policies.length);
    expect(runs[0]?.properties).toEqual({ resourcesJudged: 12 });
    expect(runs[0]?.results).toMatchObject([
      { ruleId: "unfinished-uploads-end", level: "warning" },
      {
        ruleId: "buckets-are-not-force-destroyed",
        level: "error",
        locations: [{ logicalLocations: [{ name: "gcp:storage/bucket:Bucket media" }] }],
      },
    ]);
  });
});

describe("JUnit", () => {
  const parse = (text: string): unknown =>
    new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", parseAttributeValue: true }).parse(
      text,
    );

  test("is well-formed, with one test a policy", () => {
    expect(parse(junit(judged(both)))).toMatchObject({
      testsuites: {
        tests: policies.length,
        failures: 1,
        testsuite: { properties: { property: { name: "resourcesJudged", value: 12 } } },
      },
    });
  });

  test("has a test for a policy of another pack too", () => {
    const other = { ...judged([violation({ policy: "theirs" })]), policies: [] };
    expect(parse(junit(other))).toMatchObject({
      testsuites: { tests: 1, failures: 1, testsuite: { testcase: { name: "theirs" } } },
    });
  });

  test("fails where a mandatory policy is violated, and only tells of advice", () => {
    const { testsuites } = parse(junit(judged(both))) as {
      testsuites: { testsuite: { testcase: { name: string }[] } };
    };
    const cases = new Map(testsuites.testsuite.testcase.map((one) => [one.name, one]));
    expect(cases.get("buckets-are-not-force-destroyed")).toMatchObject({
      failure: { message: 'Bucket "media" sets forceDestroy.' },
    });
    expect(cases.get("unfinished-uploads-end")).toMatchObject({
      "system-out": expect.stringContaining("keeps <parts> & more") as string,
    });
    expect(cases.get("unfinished-uploads-end")).not.toHaveProperty("failure");
  });
});
