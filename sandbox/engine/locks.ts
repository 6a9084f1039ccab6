import { readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { isAlive } from "../process/index.ts";

const lockSchema = z.object({ pid: z.int().positive(), hostname: z.string() });

/**
 * Removes the stack locks of engines that were killed. The file backend leaves that to the user (`pulumi cancel`), since it may be
 * shared between machines; the sandbox's is not, and who holds a lock there can be asked.
 */
export function removeDeadLocks(stateDirectory: string): void {
  const root = join(stateDirectory, ".pulumi", "locks");
  for (const file of files(root)) {
    const lock = readLock(file);
    if (lock?.hostname === hostname() && !isAlive(lock.pid)) rmSync(file, { force: true });
  }
}

function files(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Undefined for a file that was deleted, or is not the engine's. */
function readLock(file: string): z.infer<typeof lockSchema> | undefined {
  try {
    return lockSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
