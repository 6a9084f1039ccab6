import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = new URL("../../../../examples/ci/", import.meta.url);
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

/** https://github.com/pulumi/pulumi-gcp/blob/master/provider/resources.go: without one, the stock provider does not start. */
describe("a preview without rights in the project", () => {
  test("has a token on GitHub where no identity is given, and validates no region", () => {
    const { jobs } = parse(read("github/pulumi.yaml")) as {
      jobs: {
        preview: { steps: { name?: string; if?: string; uses?: string; env?: Record<string, string> }[] };
      };
    };
    const { steps } = jobs.preview;
    expect(steps.find(({ uses }) => uses?.startsWith("google-github-actions/auth@"))?.if).toBe(
      "${{ inputs.workload-identity-provider != '' }}",
    );
    expect(steps.find(({ name }) => name?.startsWith("Preview"))?.env).toMatchObject({
      GOOGLE_OAUTH_ACCESS_TOKEN: "${{ inputs.workload-identity-provider == '' && 'none' || '' }}",
      PULUMI_GCP_SKIP_REGION_VALIDATION: "true",
    });
  });

  test.each([
    ["", "none", ""],
    ["projects/1/locations/global/workloadIdentityPools/ci/providers/gitlab", "", "/.google.json"],
  ])("has a token on GitLab where the identity is %j", (provider, token, file) => {
    const { preview, variables } = parse(read("gitlab/pulumi.gitlab-ci.yml")) as {
      preview: { before_script: string[] };
      variables: Record<string, string>;
    };
    const credential = preview.before_script.at(-1) ?? "";
    const { stdout } = spawnSync(
      "sh",
      [
        "-c",
        `${credential}\nprintf '%s|%s' "$GOOGLE_OAUTH_ACCESS_TOKEN" "\${GOOGLE_APPLICATION_CREDENTIALS#$PWD}"`,
      ],
      { encoding: "utf8", env: { ...process.env, WORKLOAD_IDENTITY_PROVIDER: provider } },
    );
    expect(stdout).toBe(`${token}|${file}`);
    expect(variables["PULUMI_GCP_SKIP_REGION_VALIDATION"]).toBe("true");
  });
});

describe("GitLab's own schema of pipelines", () => {
  /** gitlab-ci-local carries that schema, and validates by it before it lists a pipeline's jobs. */
  const cli = fileURLToPath(
    new URL("../../../../node_modules/gitlab-ci-local/dist/index.js", import.meta.url),
  );
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "mpegflow-gitlab-"));
    const git = (...args: string[]) => execFileSync("git", args, { cwd: directory, stdio: "pipe" });
    git("init", "--quiet");
    git("remote", "add", "origin", "https://gitlab.example/studio/media.git");
    git(
      "-c",
      "user.name=ci",
      "-c",
      "user.email=ci@example.com",
      "commit",
      "--quiet",
      "--allow-empty",
      "-m",
      "ci",
    );
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const validate = (text: string) => {
    writeFileSync(join(directory, ".gitlab-ci.yml"), text);
    const env = { ...process.env, HOME: directory };
    return spawnSync(process.execPath, [cli, "--list"], { cwd: directory, env, encoding: "utf8" });
  };

  test("takes the twin", () => {
    const { status, stdout, stderr } = validate(read("gitlab/pulumi.gitlab-ci.yml"));
    expect(status, stdout + stderr).toBe(0);
    expect(stdout + stderr).toContain("json schema validated");
  });

  test("does not take one whose artifacts are kept sometimes", () => {
    const { status, stdout, stderr } = validate(
      read("gitlab/pulumi.gitlab-ci.yml").replace("when: always", "when: sometimes"),
    );
    expect(status).not.toBe(0);
    expect(stdout + stderr).toMatch(/artifacts/);
  });
});
