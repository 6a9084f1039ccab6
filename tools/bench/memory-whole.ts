/**
 * Resident memory of the whole worker beside ffmpeg while it does a job with an input of 5 GiB: streamed into the
 * encoder, and downloaded. Exits with 1 above 150 MB. On Linux only: the kernel keeps the highest resident set.
 *
 *     npm run bench -- memory-whole --mebibytes N
 *
 * The worker is started as its image starts it. Its input is a film of seconds followed by a box of padding, which a
 * player leaves out and a transfer does not; the download needs as many bytes of disk.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBroker } from "../../test/end-to-end/worker/broker.ts";
import { asH264, ffmpeg, ffprobe, make, picture } from "../../test/end-to-end/worker/media.ts";
import { holds, lineOf, type Verdict } from "./rounds.ts";
import { startSparseStore } from "./sparse-store.ts";

const mebibytes = Number(process.argv[2] ?? 5120);
/** Megabytes in addition to ffmpeg, for any object size. */
const most = 150;

const program = fileURLToPath(new URL("../../services/worker/main.ts", import.meta.url));
const folder = await mkdtemp(join(process.env["BENCH_FOLDER"] ?? tmpdir(), "bench-whole-"));
const film = await readFile(
  make(folder, "film.mp4", ...picture("320x240", "25", 4), ...asH264, "-movflags", "+faststart"),
);
const store = await startSparseStore(
  mebibytes,
  Buffer.concat([film, paddingBox(mebibytes * 2 ** 20 - film.length)]),
);
const broker = await startBroker();
try {
  const flags = await imageFlags();
  // Fills the cache of compiled modules, as the image's build does.
  await run("download", flags, false);
  const verdicts: Verdict[] = [];
  for (const input of ["stream", "download"] as const) {
    const { megabytes, seconds } = await run(input, flags, true);
    const verdict = {
      what: `whole worker, ${input} of ${mebibytes} MiB, job of ${seconds.toFixed(1)} s: resident MB at most`,
      ...{ ratio: megabytes, target: most, bound: "at most" as const },
    };
    verdicts.push(verdict);
    console.log(lineOf(verdict));
  }
  process.exitCode = verdicts.every(holds) ? 0 : 1;
} finally {
  await Promise.all([broker.close(), store.close()]);
  await rm(folder, { recursive: true, force: true });
}

/** The head of a box of ISO/IEC 14496-12 with a size of 64 bits, whose content is skipped. */
function paddingBox(bytes: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1);
  head.write("free", 4, "latin1");
  head.writeBigUInt64BE(BigInt(bytes), 8);
  return head;
}

/** What the image gives node. */
async function imageFlags(): Promise<string[]> {
  const text = await readFile(new URL("../../services/worker/Dockerfile", import.meta.url), "utf8");
  const command = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(text)?.[1] ?? "[]") as string[];
  return command.filter((word) => word.startsWith("--"));
}

async function run(
  input: "stream" | "download",
  flags: readonly string[],
  works: boolean,
): Promise<{ megabytes: number; seconds: number }> {
  const worker = spawn(process.execPath, [...flags, program], {
    env: {
      PATH: process.env["PATH"],
      NODE_COMPILE_CACHE: join(folder, "compiled"),
      ...(works && { MPEGFLOW_COORDINATOR_URL: broker.url }),
      MPEGFLOW_REGION: "us-central1",
      MPEGFLOW_SCRATCH: join(folder, "scratch"),
      MPEGFLOW_FFMPEG: ffmpeg,
      MPEGFLOW_FFPROBE: ffprobe,
      MPEGFLOW_INPUT: input,
      MPEGFLOW_LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "inherit", works ? "inherit" : "ignore"],
  });
  const ended = once(worker, "exit");
  if (!works) {
    await ended;
    return { megabytes: 0, seconds: 0 };
  }
  const started = performance.now();
  const inputUrl = `${store.url}/bucket/object?X-Goog-Algorithm=x`;
  const overrides = { poster: false, storyboard: false };
  const ending = await broker.offer(undefined, { inputUrl, profile: "mp4-h264", overrides });
  const seconds = (performance.now() - started) / 1000;
  const status = await readFile(`/proc/${worker.pid ?? 0}/status`, "utf8");
  worker.kill("SIGTERM");
  await ended;
  if (ending.call !== "complete") throw new Error(`the job ended with ${JSON.stringify(ending)}`);
  const kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { megabytes: (kibibytes * 1024) / 1e6, seconds };
}
