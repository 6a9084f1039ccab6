import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  openTestEngine,
  previewDigest,
  root,
  type PreviewDigest,
  type TestEngine,
} from "../engine/support.ts";

/** examples/eks, with the package's sources in the package's place. */
let project: string;
let engine: TestEngine;
let digest: PreviewDigest;
beforeAll(async () => {
  mkdirSync(join(root, ".sandbox"), { recursive: true });
  project = mkdtempSync(join(root, ".sandbox", "eks-"));
  cpSync(join(root, "examples", "eks"), project, { recursive: true });
  const sources = JSON.stringify(join(relative(project, root), "components", "index.ts"));
  for (const file of readdirSync(project).filter((name) => name.endsWith(".ts"))) {
    const text = readFileSync(join(project, file), "utf8");
    writeFileSync(join(project, file), text.replaceAll('"mpegflow-gcs"', sources));
  }
  engine = await openTestEngine();
  const stack = await engine.stack({ projectDirectory: project, name: "dev" });
  digest = await previewDigest(stack, ["--config", "aws:region=us-east-1"]);
});
afterAll(() => {
  engine.dispose();
  rmSync(project, { recursive: true, force: true });
});

const inputsOf = (type: string): unknown[] =>
  digest.steps.filter(({ newState }) => newState?.type === type).map(({ newState }) => newState?.inputs);

it("previews on the real engine", () => {
  expect(digest.exitCode, digest.stderr + JSON.stringify(digest.diagnostics)).toBe(0);
  expect(inputsOf("aws:eks/cluster:Cluster")).toHaveLength(1);
});

it("runs the same workloads as on GKE, scaled with the queue", () => {
  for (const type of [
    "mpegflow-gcs:index:Coordinator",
    "mpegflow-gcs:index:EncoderPool",
    "mpegflow-gcs:index:Keda",
    "kubernetes:keda.sh/v1alpha1:ScaledJob",
  ]) {
    expect(inputsOf(type), type).toHaveLength(1);
  }
});

it("lets the coordinator be somebody to Google without a key", () => {
  const [deployment] = inputsOf("kubernetes:apps/v1:Deployment");
  expect(JSON.stringify(deployment)).toContain("/var/run/secrets/google/credentials.json");
  const [secret] = inputsOf("kubernetes:core/v1:Secret");
  expect(JSON.stringify(secret)).not.toContain("private_key");
});

it("names its images by digest, as the policy pack asks", () => {
  const images = digest.steps.flatMap(
    ({ newState }) => JSON.stringify(newState?.inputs ?? {}).match(/"image":"[^"]*"/g) ?? [],
  );
  expect(images.length).toBeGreaterThanOrEqual(2);
  for (const image of images) expect(image).toMatch(/@sha256:[0-9a-f]{64}"$/);
});
