import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestEngine, previewDigest, type TestEngine } from "../../engine/support.ts";
import { CONSUMERS, NODE_VERSIONS, writeConsumer } from "./consumers.ts";
import { installPackage, type Installed } from "./installed.ts";
import { typeProblems } from "./types.ts";

/** The packed package in the programs that people have, on the real engine. */
const ENTRIES = ["", "/aws", "/images", "/policy", "/testing"];

let installed: Installed;
let engine: TestEngine;
beforeAll(async () => {
  [installed, engine] = [installPackage(), await openTestEngine()];
});
afterAll(() => {
  engine.dispose();
  installed.dispose();
});

describe.each(CONSUMERS)("$name", (consumer) => {
  test.each(consumer.nodeVersions ?? NODE_VERSIONS)("previews on Node.js %s", async (version) => {
    const id = `program-${CONSUMERS.indexOf(consumer)}-${version.split(".")[0] ?? ""}`;
    const project = installed.project(id, { typescript: consumer.typescript ?? true });
    writeConsumer(consumer, project);
    const stack = await engine.stack({ projectDirectory: project, name: id });
    const pack = ["--policy-pack", join(installed.directory, "node_modules/mpegflow-gcs/dist/policy")];
    const { exitCode, steps, stderr, diagnostics } = await previewDigest(stack, pack, {
      MPEGFLOW_PROGRAM_NODE: installed.node(version),
    });
    expect(exitCode, stderr + JSON.stringify(diagnostics)).toBe(0);
    expect(steps.map(({ newState }) => newState?.type)).toEqual(
      expect.arrayContaining(["mpegflow-gcs:index:MediaBucket", "gcp:storage/bucket:Bucket"]),
    );
  });
});

describe.each(NODE_VERSIONS)("every entry on Node.js %s", (version) => {
  const program: Record<"require" | "import", (name: string) => string> = {
    require: (name) => `console.log(Object.keys(require("${name}")).join());`,
    import: (name) => `const all = await import("${name}"); console.log(Object.keys(all).join());`,
  };

  test.each(ENTRIES)("mpegflow-gcs%s has the same names by require and by import", (entry) => {
    const namesBy = (how: "require" | "import", type: string): Set<string> => {
      const code = program[how](`mpegflow-gcs${entry}`);
      const output = execFileSync(installed.node(version), [`--input-type=${type}`, "--eval", code], {
        cwd: installed.directory,
        encoding: "utf8",
      });
      return new Set(output.trim().split(","));
    };
    const required = namesBy("require", "commonjs");
    const imported = namesBy("import", "module");
    expect(required.size).toBeGreaterThan(0);
    expect([...required].filter((name) => !imported.has(name))).toEqual([]);
  });

  test("two copies of the package work together", () => {
    const code = `
      const pulumi = require("@pulumi/pulumi");
      pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs });
      const [one, other] = ["mpegflow-gcs", "mpegflow-gcs-again"].map((name) => require(name));
      if (one.MediaBucket === other.MediaBucket) throw new Error("this is one copy");
      const media = new one.MediaBucket("media", {
        placement: other.dualRegion("us-central1", "us-west1"),
        accessPattern: other.AccessPattern.ActiveActive,
        archive: other.archivePresets.outputs("outputs/"),
        projectId: "studio-archive",
      });
      try {
        new one.MediaBucket("bad", { placement: other.multiRegion("US"), accessPattern: other.AccessPattern.ActiveActive });
        console.log("accepted");
      } catch (error) {
        console.log(error.name);
      }
      media.bucketName.apply(() => console.log("made"));
    `;
    const output = execFileSync(installed.node(version), ["--input-type=commonjs", "--eval", code], {
      cwd: installed.directory,
      encoding: "utf8",
    });
    expect(output.trim().split("\n")).toEqual([expect.stringMatching(/^Invalid/), "made"]);
  });
});

describe("types", () => {
  const program = `
    import { MediaBucket, dualRegion, AccessPattern, type MediaBucketArgs } from "mpegflow-gcs";
    import { S3Bucket } from "mpegflow-gcs/aws";
    import { Images } from "mpegflow-gcs/images";
    import { policies } from "mpegflow-gcs/policy";
    import { judge } from "mpegflow-gcs/testing";
    const args: MediaBucketArgs = { placement: dualRegion("us-central1", "us-west1"), accessPattern: AccessPattern.ActiveActive };
    export const all = [MediaBucket, S3Bucket, Images, policies, judge, args];
    // @ts-expect-error: no such pair, where the types are there at all
    dualRegion("us-central1", "europe-west1");
  `;

  test.each([
    ["5.0", "node", "commonjs"],
    ["5.0", "node16", "node16"],
    ["5.0", "nodenext", "nodenext"],
    ["5.0", "bundler", "esnext"],
    ["5.9", "node", "commonjs"],
    ["5.9", "node16", "node16"],
    ["5.9", "nodenext", "nodenext"],
    ["5.9", "bundler", "esnext"],
    ["6.0", "node16", "node16"],
    ["6.0", "nodenext", "nodenext"],
    ["6.0", "bundler", "esnext"],
  ] as const)(
    "are read by TypeScript %s with moduleResolution %s, module %s",
    (compiler, resolution, module) => {
      const file = join(installed.directory, `types-${compiler}-${resolution}.ts`);
      writeFileSync(file, program);
      const problems = typeProblems(installed.directory, compiler, file, {
        module,
        moduleResolution: resolution,
      });
      expect(problems).toEqual([]);
    },
  );
});

test("npm installs for the package what the package imports, and nothing else", () => {
  const compiled = join(installed.directory, "node_modules/mpegflow-gcs/dist");
  const imported = readdirSync(compiled, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .flatMap((file) => [
      ...readFileSync(join(compiled, file), "utf8").matchAll(/require\("((?:@[^/"]+\/)?[^./"@][^/"]*)/g),
    ])
    .map(([, name]) => name);
  expect(imported).toContain("@pulumi/gcp");
  expect(installed.dependencies.filter((name) => !imported.includes(name))).toEqual([]);
});
