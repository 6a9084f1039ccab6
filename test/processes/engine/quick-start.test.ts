import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const quickStart = join(root, "sandbox/engine/language-host/quick-start.cjs");
const command = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run");

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-quick-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Runs code where a program runs, with the path of a command on the command line; its result as JSON. */
function run(code: string, of = command, env: NodeJS.ProcessEnv = {}): unknown {
  const script = `const done = (value) => console.log(JSON.stringify(value));
    const has = (file) => Object.keys(require.cache).some((loaded) => loaded.endsWith(file));
    ${code}`;
  const args = ["--no-warnings", "--require", quickStart, "--eval", script, of];
  return JSON.parse(
    execFileSync(process.execPath, args, { cwd: root, encoding: "utf8", env: { ...process.env, ...env } }),
  );
}

const loaded = `{ typescript: has("/typescript/lib/typescript.js"), arborist: has("/arborist/lib/arborist/index.js") }`;

describe("The SDK of a program", () => {
  test("loads neither TypeScript nor npm's resolver", () => {
    expect(run(`require("@pulumi/pulumi"); done(${loaded});`)).toEqual({
      typescript: false,
      arborist: false,
    });
  });

  test("loads them, and is not changed, where another command runs", () => {
    const other = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-plugin");
    expect(run(`require("@pulumi/pulumi"); done(${loaded});`, other)).toEqual({
      typescript: true,
      arborist: true,
    });
  });

  test("serialises functions", () => {
    const text = run(`const pulumi = require("@pulumi/pulumi"); const greeting = "hello";
      pulumi.runtime.serializeFunction(() => greeting + " there").then(({ text }) => done(text));`);
    expect(text).toContain('greeting + " there"');
    expect(text).toContain('greeting: "hello"');
  });

  const traceOfPromise = `const debuggable = require("@pulumi/pulumi/runtime/debuggable");
    const promise = Promise.resolve(1);
    debuggable.debuggablePromise(promise, "a promise");
    const leaked = debuggable.leakedPromises()[0].has(promise);`;

  test("watches promises without taking a stack trace of each, and leaves those of errors whole", () => {
    const result = run(
      `${traceOfPromise} done({ trace: promise._debugStackTrace, leaked, error: new Error("a").stack.split("\\n").length > 2 });`,
    );
    expect(result).toEqual({ trace: "Error", leaked: true, error: true });
  });

  test("takes stack traces of promises where it is to print them", () => {
    const code = `${traceOfPromise} done(promise._debugStackTrace.split("\\n").length);`;
    expect(run(code, command, { PULUMI_DEBUG_PROMISE_LEAKS: "true" })).toBeGreaterThan(2);
  });

  test("finds the packages of a program", () => {
    const packages = run(`const pulumi = require("@pulumi/pulumi"); process.chdir("sandbox");
      pulumi.runtime.computeCodePaths().then((paths) => done([...paths.keys()]));`);
    expect(packages).toEqual(expect.arrayContaining([expect.stringContaining("zod")]));
  });
});

test("An SDK without these libraries runs as it is", () => {
  const other = join(directory, "node_modules/@pulumi/pulumi/cmd/run/index.js");
  mkdirSync(dirname(other), { recursive: true });
  writeFileSync(other, "");
  expect(run('done("ran");', other)).toBe("ran");
});

test("A compiled program's stack traces name its sources", () => {
  const source =
    "interface Wide {\n  readonly a: 1;\n}\n\nexport const fail = (): Wide => { throw new Error('a bug'); };\n";
  const { outputText } = ts.transpileModule(source, {
    fileName: "program.ts",
    compilerOptions: { module: ts.ModuleKind.CommonJS, inlineSourceMap: true },
  });
  const file = join(directory, "program.js");
  writeFileSync(file, outputText);
  const stack = run(`require("source-map-support/register");
    try { require(${JSON.stringify(file)}).fail(); } catch (error) { done(error.stack); }`);
  expect(stack).toContain(`${join(directory, "program.ts")}:5:`);
});
