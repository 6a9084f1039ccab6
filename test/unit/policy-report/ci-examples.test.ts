import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { parse } from "yaml";

const root = new URL("../../../examples/ci/", import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), "utf8");
const { validateWorkflow } = createRequire(import.meta.url)("@action-validator/core") as {
  validateWorkflow: (text: string) => { errors: unknown[] };
};

test.each(["github/pulumi.yaml", "github/release.yaml"])("%s is a workflow by GitHub's schema", (file) => {
  expect(validateWorkflow(read(file)).errors).toEqual([]);
});

test("the validator refuses what is no workflow", () => {
  expect(validateWorkflow("on: push\njobs: { a: { steps: [] } }").errors).not.toEqual([]);
});

test.each(["github/pulumi.yaml", "github/release.yaml"])(
  "%s puts no input into a shell script, where it could be a command",
  (file) => {
    const { jobs } = parse(read(file)) as { jobs: Record<string, { steps: { run?: string }[] }> };
    const scripts = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => run));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  },
);

test("GitLab's twin previews under the same policies", () => {
  const { preview, variables } = parse(read("gitlab/pulumi.gitlab-ci.yml")) as {
    preview: { script: string[]; id_tokens: object };
    variables: Record<string, string>;
  };
  expect(variables["POLICY_PACK"]).toBe("node_modules/mpegflow-gcs/dist/policy");
  expect(preview.script.join("\n")).toContain('--policy-pack "$POLICY_PACK"');
  expect(preview.id_tokens).toHaveProperty("GOOGLE_ID_TOKEN");
});
