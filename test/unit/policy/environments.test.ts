import { readFileSync } from "node:fs";
import addFormats from "ajv-formats";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { policies } from "../../../policy/policies.ts";
import { environmentFile, environmentPolicies, environments } from "../../../tools/policy/environments.ts";

const LEVELS = ["advisory", "mandatory", "remediate", "disabled"];
type Configured = string | { readonly enforcementLevel?: string; readonly [key: string]: unknown };

const read = (name: string): Record<string, Configured> =>
  JSON.parse(readFileSync(environmentFile(name) ?? "", "utf8")) as Record<string, Configured>;
const levelOf = (configured: Configured | undefined): string | undefined =>
  typeof configured === "object" ? configured.enforcementLevel : configured;

describe.each(environments())("policy/environments/%s.json", (name) => {
  const config = read(name);

  test("names policies that there are, with levels that there are", () => {
    expect(policies.map((policy) => policy.name)).toEqual(expect.arrayContaining(Object.keys(config)));
    expect(LEVELS).toEqual(
      expect.arrayContaining(Object.values(config).flatMap((one) => levelOf(one) ?? [])),
    );
  });

  test("configures them as their schemas take it", () => {
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    const problems = Object.entries(config).flatMap(([policy, configured]) => {
      const { enforcementLevel = "mandatory", ...settings } =
        typeof configured === "string" ? { enforcementLevel: configured } : configured;
      const { properties } = policies.find((one) => one.name === policy)?.configSchema ?? { properties: {} };
      const isValid = ajv.validate({ type: "object", properties, additionalProperties: false }, settings);
      return [
        ...(LEVELS.includes(enforcementLevel) ? [] : [`${policy}: level ${enforcementLevel}`]),
        ...(isValid ? [] : [`${policy}: ${ajv.errorsText()}`]),
      ];
    });
    expect(problems).toEqual([]);
  });

  test("relaxes nothing that guards data or credentials", () => {
    const grave = policies.filter(({ severity }) => severity === "critical").map((policy) => policy.name);
    expect(grave.filter((one) => ["advisory", "disabled"].includes(levelOf(config[one]) ?? ""))).toEqual([]);
  });
});

test("there is one for every stack that is committed", () => {
  expect(environments()).toEqual(["archive", "dev", "local", "prod", "prod-eu", "staging"]);
});

test("production takes no advice: every policy is mandatory there", () => {
  for (const name of ["prod", "prod-eu"]) {
    const config = read(name);
    const advisory = policies
      // Says what could not be judged, which a first preview always has some of: it refuses nothing.
      .filter((policy) => policy.name !== "everything-is-judged")
      .filter((policy) => (levelOf(config[policy.name]) ?? policy.enforcementLevel) !== "mandatory")
      .map((policy) => policy.name);
    expect(advisory).toEqual([]);
  }
});

test("a stack without an environment of its own is judged by the pack's own levels", () => {
  expect(environmentPolicies("review-12")).toEqual([]);
  expect(environmentPolicies("../../package")).toEqual([]);
});
