import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, openTestEngine, previewDigest, root, stackExport, type TestEngine } from "./support.ts";

const pack = ["--policy-pack", join(root, "policy")];
let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
});

describe("an environment that holds placeholders", () => {
  it("is previewed with a warning that names each", async () => {
    const prod = await engine.stack({ projectDirectory: root, name: "prod" });
    const { exitCode, stderr, diagnostics } = await previewDigest(prod);
    expect(exitCode, stderr).toBe(0);
    const [warning] = diagnostics.filter(({ severity }) => severity === "warning");
    expect(warning?.message).toMatch(
      /Stack prod has placeholders in its configuration: it can be previewed, not updated\./,
    );
    for (const key of ["projectNumber", "images.coordinator", "images.worker"]) {
      expect(warning?.message).toContain(`mpegflow-gcs:${key}: given the placeholder`);
    }
  });

  it("is not updated: nothing is registered", async () => {
    const prod = await engine.stack({ projectDirectory: root, name: "prod" });
    const { exitCode, stdout } = await prod.run(["up", "--yes", "--skip-preview"]);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain(
      "Stack prod has placeholders in its configuration: it can be previewed, not updated.",
    );
    expect(stdout).not.toMatch(/^\s+at .*:\d+:\d+/m);
    const { deployment } = await stackExport(prod);
    expect(deployment.resources.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
  });
});

describe("a multi-region bucket for two regions", () => {
  it("is refused by the component, in one sentence with the reason and the fix", async () => {
    const prod = await engine.stack({ projectDirectory: root, name: "prod" });
    const { exitCode, stdout } = await prod.run(["preview", "--config", "mpegflow-gcs:placement=US"]);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain(
      "placement: given US with clusters in two regions; allowed: a dual-region with rpo ASYNC_TURBO.",
    );
    expect(stdout).toContain("Fix: place it in a dual-region, such as NAM4 (us-central1 + us-east1)");
    expect(stdout).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  /** The coordinators of `prod`, which run in both of its regions. */
  const coordinators =
    "principal://iam.googleapis.com/projects/111111111111/locations/global/workloadIdentityPools/" +
    "mpegflow-prod.svc.id.goog/subject/ns/mpegflow/sa/coordinator";
  const preview = async (location: string, labels: Record<string, string> = {}, writer?: string) => {
    const stack = await engine.stack({ projectDirectory: fixture("raw-bucket"), name: "prod" });
    return stack.run([
      "preview",
      ...pack,
      ...["--config", `raw:location=${location}`],
      ...["--config", `raw:labels=${JSON.stringify(labels)}`],
      ...(writer === undefined ? [] : ["--config", `raw:writer=${writer}`]),
    ]);
  };

  it("is refused by the policy when it is declared raw and labelled active-active", async () => {
    const { exitCode, stdout } = await preview("US", { "mpegflow-access-pattern": "active-active" });
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("active-active-requires-dual-region");
    expect(stdout).toContain(`Fix: set location: "NAM4"`);
  });

  it("is refused by the policy when it is declared raw, and written by programs in two regions, without any label", async () => {
    const { exitCode, stdout } = await preview("US", {}, coordinators);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("two-region-writers-require-dual-region");
  });

  it("passes when nobody may write to it from two regions, as a bucket of logs", async () => {
    const { exitCode, stdout, stderr } = await preview("US");
    expect(exitCode, stdout + stderr).toBe(0);
  });

  it("passes when it is a dual-region instead, with turbo replication not asked of an unlabelled bucket", async () => {
    const { exitCode, stdout, stderr } = await preview("NAM4", {}, coordinators);
    expect(exitCode, stdout + stderr).toBe(0);
  });
});
