import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sandboxPlugins } from "../../sandbox/engine/index.ts";
import {
  buildGo,
  defaultCacheDirectory,
  requiredVersion,
  terminalReport,
} from "../../sandbox/process/index.ts";
import { openTestEngine, previewDigest, root, type TestEngine } from "../engine/support.ts";

/**
 * The SDKs that `pulumi package add` makes of the plugin: compiled, and used by a program in each language on the real engine. Pulumi's hosts
 * for Go and Python are in no registry; its generators are, and they are run here by a small program of their own (programs/sdk-generator).
 */
const programs = join(root, "test", "slow", "programs");
/** The SDK for Python that the program's needs, as Go's and the CLI's. */
const sdkVersion = requiredVersion(join(programs, "go"), "github.com/pulumi/pulumi/sdk/v3");
const goEnvironment = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };

let engine: TestEngine;
let directory: string;
let sdks: string;
beforeAll(async () => {
  const host = { main: join(programs, "host.ts"), kind: "language", version: sdkVersion.slice(1) } as const;
  engine = await openTestEngine({
    plugins: [...sandboxPlugins(), { ...host, name: "go" }, { ...host, name: "python" }],
  });
  directory = mkdtempSync(join(tmpdir(), "mpegflow-sdks-"));
  sdks = join(directory, "sdks");
  const schema = join(directory, "schema.json");
  const got = await engine.run(["package", "get-schema", join(root, "plugin")], { cwd: directory });
  expect(got.exitCode, got.stderr).toBe(0);
  writeFileSync(schema, got.stdout);
  const moduleDirectory = join(programs, "sdk-generator");
  const generator = await buildGo({
    what: "the generator of SDKs",
    moduleDirectory,
    mainPackage: ".",
    output: join(defaultCacheDirectory(), `sdk-generator-${sdkVersion}-${process.platform}`, "sdk-generator"),
    expected: "about 3 min on two cores",
    report: terminalReport(),
  });
  execFileSync(generator, [schema, sdks]);
});
afterAll(() => {
  engine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

/** A project with a program and the plugin, as `pulumi package add` leaves it. */
function project(language: "go" | "python"): string {
  const target = join(directory, language);
  cpSync(join(programs, language), target, { recursive: true });
  writeFileSync(
    join(target, "Pulumi.yaml"),
    [
      "name: other-language",
      `runtime: ${language}`,
      "plugins:",
      "  providers:",
      "    - name: mpegflow-gcs",
      `      path: ${join(root, "plugin")}`,
      "",
    ].join("\n"),
  );
  return target;
}

/** What the program's preview makes of its one component. */
async function bucketOf(target: string, command: readonly string[]): Promise<unknown> {
  const stack = await engine.stack({ projectDirectory: target, name: "dev" });
  const { exitCode, steps, stderr, diagnostics } = await previewDigest(stack, [], {
    MPEGFLOW_TEST_PROGRAM: JSON.stringify(command),
  });
  expect(exitCode, stderr + JSON.stringify(diagnostics)).toBe(0);
  expect(steps.map(({ newState }) => newState?.type)).toContain("mpegflow-gcs:index:MediaBucket");
  return steps.find(({ newState }) => newState?.type === "gcp:storage/bucket:Bucket")?.newState?.inputs;
}

const NAM4 = { location: "NAM4", rpo: "ASYNC_TURBO", publicAccessPrevention: "enforced" };

describe("the SDK for Go", () => {
  let target: string;
  beforeAll(() => {
    target = project("go");
    const sdk = join(target, "sdk");
    cpSync(join(sdks, "go", "mpegflowgcs"), sdk, { recursive: true });
    writeFileSync(
      join(sdk, "go.mod"),
      `module example.com/pulumi-mpegflow-gcs/sdk/go/mpegflow-gcs\n\ngo 1.25.11\n\nrequire github.com/pulumi/pulumi/sdk/v3 ${sdkVersion}\n`,
    );
  });

  test("compiles, every component of it, with a program that uses it", () => {
    const { status, stderr } = spawnSync("go", ["build", "-trimpath", "-o", "program", "."], {
      cwd: target,
      env: goEnvironment,
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
  });

  test("lets a program make a MediaBucket on the real engine", async () => {
    expect(await bucketOf(target, [join(target, "program")])).toMatchObject(NAM4);
  });
});

describe("the SDK for Python", () => {
  let target: string;
  let python: string;
  /** Whether this machine has Python, and its packages can be had: the project itself needs neither. */
  let ready: boolean;
  const reason = "needs Python 3 with venv, and the package pulumi from an index";
  beforeAll(() => {
    target = project("python");
    const environment = join(directory, "venv");
    python = join(environment, "bin", "python");
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    ready =
      spawnSync("python3", ["-m", "venv", environment]).status === 0 &&
      spawnSync(python, [...pip, `pulumi==${sdkVersion.slice(1)}`, "parver", "setuptools", "wheel"])
        .status === 0;
    if (ready) execFileSync(python, [...pip, "--no-build-isolation", "--no-deps", join(sdks, "python")]);
  });

  test("is imported, every component of it", ({ skip }) => {
    skip(!ready, reason);
    const names = [...readFileSync(join(root, "plugin", "components.ts"), "utf8").matchAll(/^ {2}(\w+),$/gm)];
    const script = `import pulumi_mpegflow_gcs as m; print([n for n in ${JSON.stringify(names.map(([, name]) => name))} if not hasattr(m, n)])`;
    expect(execFileSync(python, ["-c", script], { encoding: "utf8" })).toBe("[]\n");
  });

  test("is used by the program that docs/other-languages.md shows", () => {
    const page = readFileSync(join(root, "docs", "other-languages.md"), "utf8");
    const shown = /^```python\n(.*?)^```$/ms.exec(page)?.[1] ?? "";
    expect(shown).not.toBe("");
    expect(readFileSync(join(target, "__main__.py"), "utf8")).toContain(shown);
  });

  test("lets a program make a MediaBucket on the real engine", async ({ skip }) => {
    skip(!ready, reason);
    expect(
      await bucketOf(target, [python, join(target, "run.py"), join(target, "__main__.py")]),
    ).toMatchObject(NAM4);
  });
});

describe("the SDK for Node.js", () => {
  test("is sound TypeScript", () => {
    const sdk = join(sdks, "nodejs");
    for (const name of ["@pulumi/pulumi", "@types/node"]) {
      mkdirSync(join(sdk, "node_modules", name, ".."), { recursive: true });
      symlinkSync(join(root, "node_modules", name), join(sdk, "node_modules", name));
    }
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = spawnSync(
      process.execPath,
      [
        tsc,
        "--noEmit",
        "--ignoreConfig",
        "--strict",
        "--skipLibCheck",
        "--module",
        "nodenext",
        "--moduleResolution",
        "nodenext",
        "--target",
        "es2022",
        "--types",
        "node",
        "index.ts",
      ],
      { cwd: sdk, encoding: "utf8" },
    );
    expect(existsSync(join(sdk, "mediaBucket.ts"))).toBe(true);
    expect(stdout).toBe("");
  });
});
