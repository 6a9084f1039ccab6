import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ffmpeg, ffprobe } from "./media.ts";

/** A worker in a process of its own. */
export interface Worker {
  readonly process: ChildProcess;
  readonly scratch: string;
  /** What it has logged so far. */
  log(): string;
  /** How many ffmpegs of it run. */
  encoders(): Promise<number>;
}

const program = fileURLToPath(new URL("../../../services/worker/main.ts", import.meta.url));

/**
 * Starts the worker as a pod would: its environment is its whole configuration.
 *
 * @param directory where its scratch is made
 */
export async function startWorkerProcess(
  directory: string,
  coordinatorUrl: string,
  environment: Record<string, string> = {},
): Promise<Worker> {
  const scratch = environment["MPEGFLOW_SCRATCH"] ?? (await mkdtemp(path.join(directory, "scratch-")));
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env["PATH"],
      MPEGFLOW_COORDINATOR_URL: coordinatorUrl,
      MPEGFLOW_REGION: "us-central1",
      MPEGFLOW_SCRATCH: scratch,
      MPEGFLOW_FFMPEG: ffmpeg,
      MPEGFLOW_FFPROBE: ffprobe,
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return { process: child, scratch, log: () => text, encoders: () => encodersNaming(scratch) };
}

/** An ffmpeg that runs by itself, or by a loader of its own. */
const encoder = /^(?:\S*\/ld-linux\S* --library-path \S+ --argv0 ffmpeg )?\S*\bffmpeg /;

/** How many ffmpegs run with this text in their arguments. */
async function encodersNaming(text: string): Promise<number> {
  const lines = existsSync("/proc/self/cmdline") ? await commandsOfLinux() : commandsOfPs();
  return lines.filter((line) => encoder.test(line) && line.includes(text)).length;
}

async function commandsOfLinux(): Promise<readonly string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(lines)).map((line) => line.replaceAll("\0", " "));
}

const commandsOfPs = () => execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).split("\n");

/** Waits for a condition, and fails after so many seconds. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not so within ${seconds} s: ${String(condition)}`);
    await sleep(20);
  }
}

/** Exit code, or the signal that ended it. */
export const exitOf = async ({ process }: Worker) => {
  if (process.exitCode === null && process.signalCode === null) await once(process, "exit");
  return process.exitCode ?? process.signalCode;
};
