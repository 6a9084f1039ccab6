import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  buildGo,
  defaultCacheDirectory,
  requiredVersion,
  terminalReport,
} from "../../sandbox/process/index.ts";
import { openTestEngine, previewDigest, root, type TestEngine } from "../engine/support.ts";

const HOST = "github.com/pulumi/pulumi-yaml";

let engine: TestEngine;
let project: string;
beforeAll(async () => {
  engine = await openTestEngine();
  const moduleDirectory = join(root, "sandbox", "engine", "yaml");
  const version = requiredVersion(moduleDirectory, HOST);
  const built = join(
    defaultCacheDirectory(),
    `pulumi-yaml-${version}-${process.platform}-${process.arch}`,
    "host",
  );
  if (!existsSync(built)) {
    await buildGo({
      what: "Pulumi's language host for YAML",
      moduleDirectory,
      mainPackage: `${HOST}/cmd/pulumi-language-yaml`,
      variables: {},
      output: built,
      expected: "about 4 min on two cores",
      env: process.env,
      report: terminalReport(),
    });
  }
  const installed = join(engine.workspace.homeDirectory, "plugins", `language-yaml-${version}`);
  mkdirSync(installed, { recursive: true });
  copyFileSync(built, join(installed, "pulumi-language-yaml"));
  chmodSync(join(installed, "pulumi-language-yaml"), 0o755);
  project = mkdtempSync(join(tmpdir(), "mpegflow-yaml-"));
});
afterAll(() => {
  engine.dispose();
  rmSync(project, { recursive: true, force: true });
});

it("a program in YAML makes a MediaBucket", async () => {
  writeFileSync(
    join(project, "Pulumi.yaml"),
    `name: other-language
runtime: yaml
packages:
  mpegflow-gcs: ${join(root, "plugin")}
resources:
  media:
    type: mpegflow-gcs:MediaBucket
    properties:
      placement: { kind: DualRegion, location: NAM4, regions: [us-central1, us-east1] }
      accessPattern: ActiveActive
      projectId: my-project
outputs:
  bucket: \${media.bucketName}
`,
  );
  const stack = await engine.stack({ projectDirectory: project, name: "dev" });
  const { exitCode, steps, stderr, diagnostics } = await previewDigest(stack);
  expect(exitCode, stderr + JSON.stringify(diagnostics)).toBe(0);
  const bucket = steps.find(({ newState }) => newState?.type === "gcp:storage/bucket:Bucket");
  expect(bucket?.newState?.inputs).toMatchObject({ location: "NAM4", rpo: "ASYNC_TURBO" });
});
