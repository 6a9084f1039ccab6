/**
 * Resident memory of a process that does what a worker does with an object of 5 GiB: download it in pieces, stream it,
 * and send it in parts, against a store that keeps nothing. Exits with 1 above 150 MB.
 *
 *     npm run bench -- memory --mebibytes N
 *
 * The file is a sparse one where the file system has those; the download writes it whole, so as many bytes must be free.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { holds, lineOf, type Verdict } from "./rounds.ts";
import { startSparseStore } from "./sparse-store.ts";

const mebibytes = Number(process.argv[2] ?? 5120);
/** Megabytes in addition to ffmpeg, for any object size. */
const most = 150;

const store = await startSparseStore(mebibytes);
const folder = await mkdtemp(join(process.env["BENCH_FOLDER"] ?? tmpdir(), "bench-memory-"));
try {
  const child = fork(fileURLToPath(new URL("memory-worker.ts", import.meta.url)), [
    store.url,
    folder,
    String(mebibytes),
  ]);
  const verdicts: Verdict[] = [];
  child.on("message", (message) => {
    const { what, seconds, megabytes } = message as { what: string; seconds: number; megabytes: number };
    const verdict = {
      what: `${what} of ${mebibytes} MiB in ${seconds.toFixed(1)} s: resident MB at most`,
      ...{ ratio: megabytes, target: most, bound: "at most" as const },
    };
    verdicts.push(verdict);
    console.log(lineOf(verdict));
  });
  const [code] = (await once(child, "close")) as [number];
  process.exitCode = code === 0 && verdicts.length === 3 && verdicts.every(holds) ? 0 : 1;
} finally {
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
