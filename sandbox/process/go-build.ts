import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { withLock } from "./lock.ts";
import { duration, type Report } from "./report.ts";
import { SetupError } from "./setup-error.ts";
import { isAtLeast } from "./versions.ts";

export interface GoBuild {
  /** What is built, as a message names it: "the Pulumi CLI". */
  readonly what: string;
  /** Directory of the module that pins every version: its go.mod and go.sum. */
  readonly moduleDirectory: string;
  /**
   * The main package: an import path, or `.`. Several are built at once, which shares the work on what they have in common: `output` is then
   * a directory, in which each executable has the last element of its package's path as name, but a version (`server/v3` becomes `server`).
   */
  readonly mainPackage: string | readonly string[];
  /** Where the executable is to be. When it is there already, nothing is done. */
  readonly output: string;
  /** Adds to what was built, at its temporary place, before it appears as `output`. */
  readonly complete?: (temporary: string) => Promise<void>;
  /** Values for package variables, by their full name: `main.version`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** How long it takes on two cores with nothing cached, for the announcement: "about 3 min". */
  readonly expected: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly report: Report;
}

/**
 * Builds a Go program once. The executable appears under its name only when it is whole, and a second process that wants it
 * meanwhile waits for the first.
 *
 * @throws SetupError when Go is missing or too old, or when the build fails
 */
export async function buildGo(build: GoBuild): Promise<string> {
  if (await exists(build.output)) return build.output;
  await requireGo(build);
  await mkdir(dirname(build.output), { recursive: true });
  await withLock(
    `${build.output}.lock`,
    async () => {
      if (await exists(build.output)) return;
      await compile(build);
    },
    (holder) => {
      build.report(`${build.what} is being built by process ${holder}, waiting for it`);
    },
  );
  return build.output;
}

/** The Go release that a module's go.mod asks for: "1.25.11". */
export function goVersionOf(moduleDirectory: string): string {
  const text = readFileSync(join(moduleDirectory, "go.mod"), "utf8");
  const version = /^go (\S+)$/m.exec(text)?.[1];
  if (version === undefined) throw new Error(`${moduleDirectory}/go.mod names no Go version.`);
  return version;
}

/** The version that a module's go.mod requires of another module: "v3.259.0". */
export function requiredVersion(moduleDirectory: string, module: string): string {
  const text = readFileSync(join(moduleDirectory, "go.mod"), "utf8");
  const line = text.split("\n").find((candidate) =>
    candidate
      .replace(/^require /, "")
      .trim()
      .startsWith(`${module} v`),
  );
  const version = line?.split(module)[1]?.trim().split(" ")[0];
  if (version === undefined) throw new Error(`${moduleDirectory}/go.mod does not require ${module}.`);
  return version;
}

/** The Go release on PATH ("go1.26.8"), or undefined when there is none. */
export async function installedGo(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const { code, stdout } = await go(["env", "GOVERSION"], { env, cwd: "/" });
  return code === 0 ? stdout.trim() : undefined;
}

async function requireGo({ what, moduleDirectory, env = process.env }: GoBuild): Promise<void> {
  const wanted = goVersionOf(moduleDirectory);
  const { code, stdout } = await go(["env", "GOVERSION", "GOTOOLCHAIN"], { env, cwd: "/" });
  if (code !== 0)
    throw new SetupError(
      `Building ${what} needs Go ${wanted} or later (https://go.dev/dl/), and there is no "go" on PATH.`,
    );
  const [present = "", toolchain = ""] = stdout.split("\n");
  // Unless told otherwise, Go fetches the toolchain that go.mod asks for by itself.
  if (toolchain.startsWith("local") && !isAtLeast(present, wanted)) {
    throw new SetupError(
      `Building ${what} needs Go ${wanted} or later; "go" on PATH is ${present} and GOTOOLCHAIN=local keeps it from fetching a newer one. ` +
        `Install Go from https://go.dev/dl/, or set GOTOOLCHAIN=auto.`,
    );
  }
}

async function compile(build: GoBuild): Promise<void> {
  const { what, moduleDirectory, mainPackage, output, variables = {}, expected, report } = build;
  const several = typeof mainPackage !== "string";
  const packages = several ? mainPackage : [mainPackage];
  const started = performance.now();
  const env = { ...(build.env ?? process.env), CGO_ENABLED: "0", GOWORK: "off" };
  report(`building ${what} from source, once, ${expected}`);

  let phase = "fetching its modules";
  let [compiled, total] = [0, 0];
  let last = started;
  const progress = setInterval(
    () => {
      const now = performance.now();
      if (now - last < (report.progressEveryMs ?? 15_000)) return;
      last = now;
      report(`  ${phase}, ${duration(now - started)}`, "progress");
    },
    Math.min(1000, report.progressEveryMs ?? 1000),
  );
  try {
    let fetched = 0;
    const list = await go(["list", "-mod=readonly", "-deps", ...packages], {
      env,
      cwd: moduleDirectory,
      onErrorLine: (line) => {
        if (line.startsWith("go: downloading ")) phase = `fetching its modules, ${++fetched} so far`;
      },
    });
    if (list.code !== 0) throw buildFailure(what, list.stderr);
    total = list.stdout.trim().split("\n").length;
    phase = "compiling";

    const temporary = `${output}.${process.pid}.new`;
    const link = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
    const arguments_ = ["build", "-v", "-mod=readonly", "-buildvcs=false", "-trimpath"];
    // Optimising takes a third of the build and saves a fifth of the run time; this program runs for seconds at a time.
    arguments_.push(
      "-gcflags=all=-N -l",
      `-ldflags=${["-s", "-w", ...link].join(" ")}`,
      "-o",
      several ? `${temporary}/` : temporary,
      ...packages,
    );
    const result = await go(arguments_, {
      env,
      cwd: moduleDirectory,
      onErrorLine: (line) => {
        if (!/^[\w./-]+$/.test(line)) return;
        compiled++;
        phase = `compiling, ${compiled} of ${total} packages (${Math.floor((100 * compiled) / total)} %)`;
      },
    });
    if (result.code !== 0) {
      await rm(temporary, { force: true, recursive: true });
      throw buildFailure(what, result.stderr);
    }
    await build.complete?.(temporary);
    await rename(temporary, output);
  } finally {
    clearInterval(progress);
  }
  report(`built ${what} in ${duration(performance.now() - started)}`);
}

/**
 * Directory of a module's source, as a module's go.mod pins it; fetched when it is not there.
 *
 * @throws SetupError when it cannot be fetched
 */
export async function moduleSource(
  moduleDirectory: string,
  module: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { code, stdout, stderr } = await go(["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module], {
    env: { ...env, GOWORK: "off" },
    cwd: moduleDirectory,
  });
  if (code !== 0 || stdout.trim() === "") throw buildFailure(module, stderr);
  return stdout.trim();
}

function buildFailure(what: string, stderr: string): SetupError {
  const lines = stderr
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^[\w./-]+$|^go: downloading /.test(line));
  return new SetupError(
    [`Building ${what} failed:`, ...lines.slice(-12).map((line) => `  ${line}`)].join("\n"),
  );
}

interface GoOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly onErrorLine?: (line: string) => void;
}

function go(
  arguments_: readonly string[],
  options: GoOptions,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn("go", arguments_, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    createInterface({ input: child.stderr }).on("line", (line) => {
      stderr += `${line}\n`;
      options.onErrorLine?.(line);
    });
    child.on("error", () => {
      resolve({ code: 127, stdout, stderr });
    });
    child.on("close", (code) => {
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
