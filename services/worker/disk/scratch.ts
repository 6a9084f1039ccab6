import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";

/** The directory of one attempt. */
export interface Scratch {
  readonly directory: string;
  /** Path of the downloaded input. It has no extension, so that only its content determines the format. */
  readonly input: string;
  /** Directory of files to upload. */
  readonly outputs: string;
  /** Removes everything; never throws. */
  remove(): Promise<void>;
}

const prefix = "attempt-";
const ownerFile = "owner.json";

/** Creates a directory for one attempt under `root`. */
export async function createScratch(root: string, jobId: string, attempt: number): Promise<Scratch> {
  await mkdir(root, { recursive: true });
  const directory = await mkdtemp(path.join(root, `${prefix}${jobId}-${attempt}-`));
  await writeFile(path.join(directory, ownerFile), JSON.stringify({ host: hostname(), pid: process.pid }));
  const outputs = path.join(directory, "outputs");
  await mkdir(outputs);
  return {
    directory,
    input: path.join(directory, "input"),
    outputs,
    remove: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined),
  };
}

/**
 * Removes directories of dead workers of this host under `root`. Call before this process creates its own. Directories
 * of other hosts (the disk may be shared) and of live processes are kept.
 * @returns how many were removed
 */
export async function removeStaleScratch(root: string): Promise<number> {
  const names = await readdir(root).catch(() => [] as string[]);
  const stale: string[] = [];
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    const directory = path.join(root, name);
    const owner = await readOwner(path.join(directory, ownerFile));
    // Our own pid belonged to a predecessor: in a container every worker has a low pid.
    if (owner?.host === hostname() && (owner.pid === process.pid || !isAlive(owner.pid)))
      stale.push(directory);
  }
  await Promise.all(stale.map((directory) => rm(directory, { recursive: true, force: true })));
  return stale.length;
}

async function readOwner(file: string): Promise<{ host: unknown; pid: number } | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(file, "utf8"));
    if (typeof owner !== "object" || owner === null || !("pid" in owner) || !("host" in owner))
      return undefined;
    return typeof owner.pid === "number" ? { host: owner.host, pid: owner.pid } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
