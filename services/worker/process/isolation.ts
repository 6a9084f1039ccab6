import type { workerEnvironment } from "../../environment/index.ts";
import { access, constants, mkdir, mkdtemp, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { runGuarded } from "./guarded-process.ts";
import { hasSignalFilter, signalFilter } from "./signal-filter.ts";

/**
 * - `required`: the worker does not start where ffmpeg cannot be isolated;
 * - `auto`: it says so once, and goes on;
 * - `off`: ffmpeg may do what the worker may.
 */
export type IsolationMode = (typeof workerEnvironment.MPEGFLOW_ISOLATION.values)[number];

/** What one run may reach beside programs and libraries of the system. */
export interface Reach {
  /** Files that it reads. */
  readonly reads?: readonly string[];
  /** A directory in which it reads, makes and removes files and directories. */
  readonly writes?: string;
}

/** Gives the command line by which a program reaches nothing else. */
export type Isolate = (
  program: string,
  args: readonly string[],
  reach: Reach,
) => readonly [string, ...string[]];

export const notIsolated: Isolate = (program, args) => [program, ...args];

/**
 * Rights of Landlock on directories, in the words of setpriv, by the version of Landlock that brought them. Those that a
 * kernel does not know it refuses to handle.
 *
 * Source: https://docs.kernel.org/userspace-api/landlock.html#filesystem-flags
 */
const rights: readonly (readonly string[])[] = [
  [
    ...["execute", "write-file", "read-file", "read-dir", "remove-dir", "remove-file"],
    ...["make-char", "make-dir", "make-reg", "make-sock", "make-fifo", "make-block", "make-sym"],
  ],
  ["refer"],
  ["truncate"],
];

const toRun = ["execute", "read-file", "read-dir"];
/**
 * No links: the worker, which is not isolated, would follow one to its token. No pipes and no devices: it would wait for
 * them.
 */
const toWork = ["read-file", "read-dir", "write-file", "make-reg", "make-dir", "remove-file", "remove-dir"];

/** Where programs and libraries are, and what encoders read to know their processor. What is absent is left out. */
const system = {
  directories: ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/sys/devices/system/cpu"],
  files: ["/etc/ld.so.cache", "/proc/cpuinfo", "/proc/meminfo", "/dev/urandom", "/dev/random", "/dev/zero"],
  writable: ["/dev/null"],
};

export interface IsolationOptions {
  readonly mode: IsolationMode;
  /** setpriv of util-linux, 2.40 or newer; 2.41 keeps from sending signals too. */
  readonly setpriv: string;
  /** Programs that have to work in isolation. */
  readonly programs: readonly string[];
  /** Where a file for the trial is made, and another that stays. */
  readonly scratch: string;
  /** A file that no program may read, beside one of the worker's own: the one with its token. */
  readonly secretFile?: string | undefined;
}

/**
 * Finds out whether this machine can isolate ffmpeg, by trying: the programs have to run, and a file that is not in
 * their reach has to be out of it.
 *
 * Isolated, a program reads and writes what is in its reach, gets no new privileges, and looks into no process but its
 * own (`ptrace`, `/proc/PID/mem`, `environ`): Landlock lets no process trace one that is not in its own domain.
 * https://docs.kernel.org/userspace-api/landlock.html#ptrace-restrictions
 * Where setpriv can load a filter of calls, it sends no signals either.
 *
 * @returns how, and why not where it is not; with `signals`, why it may still signal the worker
 * @throws Error in the mode `required`, where it cannot be
 */
export async function openIsolation(
  options: IsolationOptions,
): Promise<{ readonly isolate: Isolate; readonly because?: string; readonly signals?: string }> {
  const { mode } = options;
  if (mode === "off") return { isolate: notIsolated, because: "MPEGFLOW_ISOLATION is off" };
  const found = await findWay(options);
  if (typeof found !== "string") return found;
  if (mode === "auto") return { isolate: notIsolated, because: found };
  throw new Error(
    `MPEGFLOW_ISOLATION is "required", and ffmpeg cannot be isolated here: ${found}. That takes setpriv of util-linux 2.40 or newer (MPEGFLOW_SETPRIV), and a kernel with Landlock in /sys/kernel/security/lsm, which gVisor has not. Set MPEGFLOW_ISOLATION to auto to go on without, where no input is hostile.`,
  );
}

interface Way {
  readonly isolate: Isolate;
  readonly signals?: string;
}

async function findWay(options: IsolationOptions): Promise<Way | string> {
  if (process.platform !== "linux") return `it takes Linux, and this is ${process.platform}`;
  await mkdir(options.scratch, { recursive: true });
  const filter = await writeFilter(options.scratch);
  const filtered = await strictest({ ...options, ...(filter !== undefined && { filter }) });
  if (typeof filtered !== "string") {
    if (filter !== undefined) return { isolate: filtered };
    return { isolate: filtered, signals: `there is no filter for the machine ${process.arch}` };
  }
  if (filter === undefined) return filtered;
  await rm(filter, { force: true });
  const open = await strictest(options);
  return typeof open === "string" ? open : { isolate: open, signals: filtered };
}

/** The filter's file, which every run of the program is given. */
async function writeFilter(scratch: string): Promise<string | undefined> {
  if (!hasSignalFilter(process.arch)) return undefined;
  const file = path.resolve(scratch, "no-signals.bpf");
  // Workers that share the directory write the same: none may read the half of it.
  const own = `${file}.${process.pid}`;
  await writeFile(own, signalFilter(process.arch), { mode: 0o400 });
  await rename(own, file);
  return file;
}

/** By the newest of Landlock's rights that work here. */
async function strictest(options: Attempted): Promise<Isolate | string> {
  const own = await mkdtemp(path.join(options.scratch, "isolation-"));
  try {
    const outside = path.join(own, "outside");
    await writeFile(outside, "secret");
    let because = "";
    for (let version = rights.length; version > 0; version -= 1) {
      const isolate = await isolation(options, rights.slice(0, version).flat());
      const failure = await whyNot(isolate, options, outside);
      if (failure === undefined) return isolate;
      because ||= failure;
    }
    return because;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

type Attempted = IsolationOptions & {
  /** File of a filter that keeps a program from sending signals. */
  readonly filter?: string;
};

const trial = { limitSeconds: 20 } as const;

async function whyNot(
  isolate: Isolate,
  { programs, secretFile, filter }: Attempted,
  outside: string,
): Promise<string | undefined> {
  for (const program of programs) {
    const [command, ...args] = isolate(program, ["-version"], {});
    const { exitCode, stderr } = await runGuarded(command, args, trial);
    if (exitCode !== 0) return firstLine(stderr) ?? `${program} does not run in isolation`;
  }
  for (const file of [outside, ...(secretFile === undefined ? [] : [secretFile])]) {
    const [command, ...args] = isolate("/bin/sh", ["-c", '( : <"$1" ) 2>/dev/null', "sh", file], {});
    if ((await runGuarded(command, args, trial)).exitCode === 0)
      return `${file === outside ? "a file that is not in its reach" : file} can be read in isolation`;
  }
  if (filter === undefined) return undefined;
  const [command, ...args] = isolate("/bin/sh", ["-c", 'kill -0 "$PPID" 2>/dev/null'], {});
  return (await runGuarded(command, args, trial)).exitCode === 0
    ? "another process can be signalled in isolation"
    : undefined;
}

const firstLine = (stderr: string): string | undefined =>
  stderr
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "")
    ?.replace(/\.$/, "")
    .slice(0, 300);

/** @param handled rights that are nobody's but where a rule gives them */
async function isolation(
  { setpriv, programs, filter }: Attempted,
  handled: readonly string[],
): Promise<Isolate> {
  const rule = (wanted: readonly string[], place: string): readonly string[] => [
    "--landlock-rule",
    `path-beneath:${wanted.filter((right) => handled.includes(right)).join(",")}:${place}`,
  ];
  const here = async (places: readonly string[]): Promise<readonly string[]> => {
    const found = await Promise.all(
      places.map((place) =>
        stat(place).then(
          () => [place],
          () => [],
        ),
      ),
    );
    return found.flat();
  };
  const others = (await Promise.all(programs.map(fileOf))).flat();
  const common = [
    ...["--no-new-privs", "--landlock-access", `fs:${handled.join(",")}`],
    ...(filter === undefined ? [] : ["--seccomp-filter", filter]),
    ...(await here(system.directories)).flatMap((place) => rule(toRun, place)),
    ...[...new Set(others)].flatMap((place) => rule(["execute", "read-file"], place)),
    ...(await here(system.files)).flatMap((place) => rule(["read-file"], place)),
    ...(await here(system.writable)).flatMap((place) => rule(["read-file", "write-file", "truncate"], place)),
  ];
  return (program, args, { reads = [], writes }) => [
    setpriv,
    ...common,
    ...reads.flatMap((place) => rule(["read-file"], place)),
    ...(writes === undefined ? [] : rule([...toWork, "truncate"], writes)),
    ...["--", program, ...args],
  ];
}

/** The file of a program that is none of the system's; where it is a link, what that leads to. */
async function fileOf(program: string): Promise<readonly string[]> {
  const folders = program.includes("/") ? [""] : (process.env["PATH"] ?? "").split(":");
  for (const folder of folders) {
    const file = path.resolve(folder, program);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    const own = await realpath(file);
    return system.directories.some((known) => own.startsWith(`${known}/`)) ? [] : [own];
  }
  return [];
}
