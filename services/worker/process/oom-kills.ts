import { readFile } from "node:fs/promises";

/** Where Linux counts them: for this container (control groups of version 2), else for the whole machine. */
const counters = ["/sys/fs/cgroup/memory.events", "/proc/vmstat"] as const;

/**
 * How many processes the kernel has killed for want of memory so far: in this container, else on this machine.
 *
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html (`oom_kill` of `memory.events`)
 *
 * @returns undefined where nobody counts them
 */
export async function oomKills(
  read: (file: string) => Promise<string> = (file) => readFile(file, "utf8"),
): Promise<number | undefined> {
  for (const file of counters) {
    const text = await read(file).catch(() => "");
    const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
    if (count !== undefined) return Number(count);
  }
  return undefined;
}
