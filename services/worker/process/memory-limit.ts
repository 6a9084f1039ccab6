import { readFile } from "node:fs/promises";

/** What the worker itself needs beside ffmpeg, in MiB. */
const ownMebibytes = 256;
/** No encode fits into less. */
const leastMebibytes = 256;
const mebibyte = 1024 * 1024;

/** Where Linux says what a container may take: control groups of version 2, then 1. */
const files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] as const;

/**
 * What ffmpeg may hold of the container's memory, in MiB: all but what the worker needs. So an encode that wants too
 * much fails with a reason, instead of the kernel ending the whole container, worker and all, as it does in Kubernetes since
 * 1.28 (https://github.com/kubernetes/kubernetes/pull/117793).
 * @returns undefined outside a container, or in one without a limit
 */
export async function memoryForFfmpeg(
  read: (file: string) => Promise<string> = (file) => readFile(file, "utf8"),
): Promise<number | undefined> {
  for (const file of files) {
    const text = await read(file).catch(() => undefined);
    if (text === undefined) continue;
    const bytes = Number(text.trim());
    // Version 2 writes "max", version 1 a number near 2^63.
    if (!Number.isFinite(bytes) || bytes <= 0 || bytes >= 2 ** 60) return undefined;
    return Math.max(leastMebibytes, Math.floor(bytes / mebibyte) - ownMebibytes);
  }
  return undefined;
}
