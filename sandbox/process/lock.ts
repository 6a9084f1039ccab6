import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./is-alive.ts";

const heartbeatMs = 5_000;
/** A holder that has not touched its lock for this long is taken for dead: it may have run on another machine, or its pid be recycled. */
const staleMs = 60_000;

/**
 * Runs `work` while holding the lock file, so that two processes do not do the same long work at once. The lock of a process
 * that died is taken over. Should two processes ever believe they hold it, both do the work: `work` must be safe to repeat.
 *
 * @param onWait called once, with the holder's pid, when another process holds it
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait: (holder: number) => void = () => undefined,
): Promise<T> {
  await acquire(file, onWait);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(file, { force: true });
  }
}

async function acquire(file: string, onWait: (holder: number) => void): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  for (let waited = false; ;) {
    if (await createExclusively(file)) return;
    const holder = await readHolder(file);
    if (holder === undefined) continue;
    if (isDead(holder)) {
      await rm(file, { force: true });
      continue;
    }
    if (!waited) onWait(holder.pid);
    waited = true;
    await sleep(300);
  }
}

async function createExclusively(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly touchedAt: number;
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    // Empty between creation and first write: the holder is unknown, and assumed alive until stale.
    const { pid = 0, host = "" } = JSON.parse(text || "{}") as { pid?: number; host?: string };
    return { pid, host, touchedAt: mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isDead({ pid, host, touchedAt }: Holder): boolean {
  if (Date.now() - touchedAt > staleMs) return true;
  if (pid === 0 || host !== hostname()) return false;
  return !isAlive(pid);
}
