/**
 * A worker's whole job (lease, download, probe, encode, uploads, completion) against the ffmpeg that it ran, run again
 * bare on local files. Exits with 1 when the job takes more than 1.05 times as long.
 *
 *     npm run bench -- worker --rounds N --seconds N
 *
 * Other work on the machine lengthens one and not the other; so the processor time of both is told too, where the kernel
 * tells it (Linux): what the worker itself takes away from the encoder.
 *
 * What the worker calls is kept by a wrapper around ffmpeg, so that the bare run is the very same command.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startBroker } from "../../test/end-to-end/worker/broker.ts";
import { clipFile, ffmpeg, ffprobe } from "../../test/end-to-end/worker/media.ts";
import { holds, lineOf } from "./rounds.ts";
import { medianOf, ratioOf, type Round } from "./summary.ts";

const rounds = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 60);

const directory = mkdtempSync(join(tmpdir(), "bench-worker-"));
const calls = join(directory, "calls.jsonl");
const film = join(directory, "film.mp4");
const broker = await startBroker();
let worker: ChildProcess | undefined;
try {
  execFileSync(ffmpeg, [
    ...["-hide_banner", "-nostdin", "-loglevel", "error", "-stream_loop", "-1", "-i", clipFile],
    ...["-t", String(seconds), "-c", "copy", "-movflags", "+faststart", film],
  ]);
  const bytes = readFileSync(film);
  worker = startWorker();
  // The first job waits for the worker to start, and is not measured.
  await broker.offer(readFileSync(clipFile));
  const measured: Round[] = [];
  const processor: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    writeFileSync(calls, "");
    const started = performance.now();
    const before = processorSeconds(worker.pid);
    const ending = await broker.offer(bytes);
    if (ending.call !== "complete") throw new Error(`the job ended with ${JSON.stringify(ending)}`);
    const real = (performance.now() - started) / 1000;
    const jobs = processorSeconds(worker.pid) - before;
    const start = processorSeconds(process.pid, "children");
    measured.push({ real, flat: await bareSeconds() });
    processor.push({ real: jobs, flat: processorSeconds(process.pid, "children") - start });
    console.log(
      `round ${round + 1}: job ${real.toFixed(1)} s, bare ffmpeg ${measured.at(-1)?.flat.toFixed(1) ?? ""} s`,
    );
  }
  const verdict = {
    what: `job / bare ffmpeg, ${seconds} s of video (${medianOf(measured.map(({ real }) => real)).toFixed(1)} s)`,
    ...{ ratio: ratioOf(measured), target: 1.05, bound: "at most" as const },
  };
  console.log(lineOf(verdict));
  console.log(
    `     processor time of worker and encoders / of bare ffmpeg: ${ratioOf(processor).toFixed(3)}`,
  );
  process.exitCode = holds(verdict) ? 0 : 1;
} finally {
  if (worker?.exitCode === null) {
    worker.kill("SIGTERM");
    await once(worker, "exit");
  }
  await broker.close();
  rmSync(directory, { recursive: true, force: true });
}

/** Of a process with the children it has waited for, or of those alone; NaN where the kernel does not tell. */
function processorSeconds(pid: number | undefined, whose: "all" | "children" = "all"): number {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid ?? 0}/stat`, "utf8");
  } catch {
    return Number.NaN;
  }
  // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime, stime, cutime, cstime, in hundredths of a second
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(whose === "all" ? 11 : 13, 15).map(Number);
  return ticks.reduce((sum, one) => sum + one, 0) / 100;
}

function startWorker() {
  const wrapper = join(directory, "ffmpeg");
  // For each call a line of working directory, folders in it and arguments; then the program in the wrapper's place.
  writeFileSync(
    wrapper,
    `#!/bin/sh
{ printf '%s' "$PWD" | base64 -w0; printf ' '; find . -type d -print0 | base64 -w0; printf ' '
  printf '%s\\0' "$@" | base64 -w0; echo; } >> '${calls}'
exec '${ffmpeg}' "$@"
`,
  );
  chmodSync(wrapper, 0o755);
  const program = fileURLToPath(new URL("../../services/worker/main.ts", import.meta.url));
  return spawn(process.execPath, [program], {
    env: {
      PATH: process.env["PATH"],
      MPEGFLOW_COORDINATOR_URL: broker.url,
      MPEGFLOW_REGION: "us-central1",
      MPEGFLOW_SCRATCH: join(directory, "scratch"),
      MPEGFLOW_FFMPEG: wrapper,
      MPEGFLOW_FFPROBE: ffprobe,
      MPEGFLOW_LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/** The encodes that the worker ran, one after another, with a directory of their own in place of its scratch. */
async function bareSeconds(): Promise<number> {
  const bare = join(directory, "bare");
  const local = (given: string): string => given.replaceAll(/\/[^\s:,'"]*\/scratch\/[^/]+/g, bare);
  const encodes = readFileSync(calls, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" ").map((part) => local(Buffer.from(part, "base64").toString())))
    .map(([cwd = "", folders = "", args = ""]) => ({
      cwd,
      folders: folders.split("\0").slice(0, -1),
      args: args.split("\0").slice(0, -1),
    }))
    .filter(({ cwd }) => cwd.startsWith(bare));
  if (encodes.length === 0) throw new Error("the worker ran no ffmpeg on its input");
  mkdirSync(bare, { recursive: true });
  copyFileSync(film, join(bare, "input"));
  let total = 0;
  for (const { cwd, folders, args } of encodes) {
    for (const folder of folders) mkdirSync(join(cwd, folder), { recursive: true });
    const started = performance.now();
    const child = spawn(ffmpeg, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
    const [stderr] = await Promise.all([text(child.stderr), once(child, "close")]);
    if (child.exitCode !== 0)
      throw new Error(`bare ffmpeg ended with ${String(child.exitCode)}: ${stderr.slice(-500)}`);
    total += (performance.now() - started) / 1000;
  }
  rmSync(bare, { recursive: true, force: true });
  return total;
}
