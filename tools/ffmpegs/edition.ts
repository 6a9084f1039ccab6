import { execFile } from "node:child_process";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { withLock } from "../../sandbox/process/lock.ts";

/** Where an ffmpeg and its ffprobe are. */
export interface Programs {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** One build of ffmpeg that the worker has to hold with. */
export interface Edition {
  /** As the command line takes it. */
  readonly name: string;
  readonly description: string;
  /**
   * Makes it ready, below `cache` where it has to be fetched.
   * @returns why it cannot be had on this machine, as a sentence
   * @throws where fetching it failed
   */
  obtain(cache: string, report: (line: string) => void): Promise<Programs | string>;
}

const run = promisify(execFile);

/** Runs a program of the system. @throws with what it printed */
export async function command(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const { stdout } = await run(program, args, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

export const isThere = async (program: string, ...args: readonly string[]): Promise<boolean> =>
  command(program, args).then(
    () => true,
    () => false,
  );

/** Fills a directory once per machine: it appears under its name only when it is complete. */
export async function fetchedOnce(directory: string, fill: (into: string) => Promise<void>): Promise<string> {
  await mkdir(path.dirname(directory), { recursive: true });
  await withLock(`${directory}.lock`, async () => {
    if (await isThere("test", "-d", directory)) return;
    const partial = `${directory}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await fill(partial);
    await rename(partial, directory);
  });
  return directory;
}

/** A script that stands for a program. */
export async function wrapper(file: string, line: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
  return file;
}
