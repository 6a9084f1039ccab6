import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findMediaTools } from "../../sandbox/media/index.ts";
import type { CommandName } from "../../tools/commands.ts";
import { readCloudAddress, type CloudAddress } from "../../sandbox/cloud/address.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const clip = join(root, "test", "media", "bigbuckbunny.mp4");

export interface CommandResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
}

/** A local environment of its own: what `npm run local` does, beside whatever the developer has running. */
export interface LocalEnvironment {
  directory: string;
  run(command: CommandName, ...args: string[]): Promise<CommandResult>;
  /** Starts a command without waiting, for tests that interrupt it. */
  start(command: CommandName, ...args: string[]): { child: ChildProcess; result: Promise<CommandResult> };
  cloud(): CloudAddress;
  /** Destroys whatever is up and deletes the directory. */
  close(): Promise<void>;
}

export function localEnvironment(): LocalEnvironment {
  const directory = mkdtempSync(join(tmpdir(), "mpegflow-local-"));
  const start: LocalEnvironment["start"] = (...args) => {
    const began = performance.now();
    const child = spawn(process.execPath, ["tools/main.ts", ...args], {
      cwd: root,
      env: { ...process.env, MPEGFLOW_SANDBOX_DIRECTORY: directory },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const result = new Promise<CommandResult>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => {
        resolve({ exitCode, stdout, stderr, seconds: (performance.now() - began) / 1000 });
      });
    });
    return { child, result };
  };
  const run: LocalEnvironment["run"] = (...args) => start(...args).result;
  return {
    directory,
    start,
    run,
    cloud: () => {
      const address = readCloudAddress(join(directory, "cloud", "daemon.json"));
      if (address === undefined) throw new Error("the local cloud is not up");
      return address;
    },
    close: async () => {
      await run("local:down");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Processes whose command line or working directory lies in the environment's directory. */
export function processesOf(directory: string): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return command.includes(directory) || environment.includes(directory) ? [`${pid} ${command}`] : [];
      } catch {
        return [];
      }
    });
}

/** Runs ffmpeg to make a test input; `-y` and quietness included. */
export async function ffmpeg(...args: string[]): Promise<void> {
  const { ffmpeg: tool } = await findMediaTools({ report: () => undefined });
  execFileSync(tool.path, ["-v", "error", "-nostdin", "-y", ...args], { stdio: "inherit" });
}

/** Duration in seconds, of the file or of the playlist. */
export async function ffprobe(file: string, ...args: string[]): Promise<string> {
  const { ffprobe: tool } = await findMediaTools({ report: () => undefined });
  return execFileSync(tool.path, ["-v", "error", ...args, file], { encoding: "utf8" }).trim();
}

/** The signed URLs that the closing summary prints, by output name. */
export function urlsIn(summary: string): Map<string, string> {
  return new Map(
    [...summary.matchAll(/^ {2}(\S+) +[\d.]+ \w+\n {4}(http\S+)$/gm)].map(([, name = "", url = ""]) => [
      name,
      url,
    ]),
  );
}

/** Fetches every URL into `directory`, as a player with nothing but those URLs could. */
export async function downloadAll(urls: ReadonlyMap<string, string>, directory: string): Promise<void> {
  for (const [name, url] of urls) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`GET of ${name} answered ${response.status}: ${await response.text()}`);
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), new Uint8Array(await response.arrayBuffer()));
  }
}

export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every secret value that the local Secret Manager keeps, as text and as Base64, and each secret inside a JSON value. */
export function secretsOf(directory: string): string[] {
  const stored = JSON.parse(
    readFileSync(join(directory, "cloud", "secrets", "secrets.json"), "utf8"),
  ) as Record<string, { versions: { data?: string }[] }>;
  return Object.values(stored)
    .flatMap(({ versions }) => versions.flatMap(({ data }) => data ?? []))
    .flatMap((data) => {
      const text = Buffer.from(data, "base64").toString();
      return [data, text, ...[...text.matchAll(/"secret": ?"([^"]+)"/g)].map(([, secret = ""]) => secret)];
    });
}
