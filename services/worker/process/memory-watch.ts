import { closeSync, openSync, readSync } from "node:fs";

/** Fields of `/proc/PID/status` that a process has to itself, whatever it has mapped. */
const ownFields = ["RssAnon", "RssShmem", "VmSwap"] as const;

/**
 * The memory that a process holds and that nobody can take from it, in MiB, from its `/proc/PID/status`: anonymous and
 * shared pages, and what of them is swapped out; not the pages of files, which the kernel drops when it needs room.
 * Where the kernel does not tell them apart (before 4.5, gVisor), all that is resident.
 *
 * Source: https://docs.kernel.org/filesystems/proc.html
 *
 * @returns undefined for a process that has ended
 */
export function heldMebibytes(status: string): number | undefined {
  const kibibytes = (field: string): number | undefined => {
    const value = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const own =
    kibibytes("RssAnon") === undefined
      ? kibibytes("VmRSS")
      : ownFields.reduce((sum, field) => sum + (kibibytes(field) ?? 0), 0);
  return own === undefined ? undefined : own / 1024;
}

/**
 * In this time a process that fills 4 GB/s adds 100 MB. Of the 256 MiB that are kept for the worker (memory-limit.ts) it
 * uses less than 150 MB (docs/performance.md).
 */
const everyMs = 25;

/**
 * Watches the memory that a process holds, and tells once when it is more than the limit.
 *
 * A limit of the kernel's (`RLIMIT_DATA`, `RLIMIT_AS`) would count what is only reserved, 1.5 to 2.5 times as much, and
 * leaves the telling to the program: which one ran out, and of what, is then anybody's guess.
 *
 * @returns ends the watch; where there is no `/proc` nothing is watched
 */
export function watchMemory(processId: number, limitMebibytes: number, onExceeded: () => void): () => void {
  let file: number;
  try {
    // Held open: a descriptor stays with this process when its id is given to another.
    file = openSync(`/proc/${processId}/status`, "r");
  } catch {
    return () => undefined;
  }
  const buffer = Buffer.alloc(8192);
  let isOpen = true;
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(timer);
    closeSync(file);
  };
  const look = (): void => {
    const held = heldMebibytes(readStatus(file, buffer));
    if (held === undefined) end();
    else if (held > limitMebibytes) {
      end();
      onExceeded();
    }
  };
  const timer = setInterval(look, everyMs);
  return end;
}

function readStatus(file: number, buffer: Buffer): string {
  try {
    return buffer.toString("latin1", 0, readSync(file, buffer, 0, buffer.length, 0));
  } catch {
    // Of a process that is gone the kernel tells nothing (ESRCH).
    return "";
  }
}
