/**
 * Whether a coordinator leaks: thousands of short jobs, one after another in a few lanes, through one real coordinator
 * on loopback, with its heap looked at after forced collections. Exits 1 when the heap grows with the number of jobs.
 *
 *     npm run soak -- memory
 *
 * `SOAK_JOBS` (3000), `SOAK_LANES` (8), `SOAK_MINUTES` (8 at most: then what was done by then is judged)
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { leaseSchema, urlsResponseSchema } from "../../services/protocol/index.ts";
import { request } from "undici";
import { bucketName, startCloud } from "./cloud.ts";
import { freePort } from "./processes.ts";

const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const [jobs, lanes, minutes] = [
  number("SOAK_JOBS", 3000),
  number("SOAK_LANES", 8),
  number("SOAK_MINUTES", 8),
];
const samplesWanted = 15;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Sample {
  readonly jobs: number;
  /** Bytes of live objects after two forced collections. */
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

const cloud = await startCloud();
await cloud.bucket.file("mezzanines/clip.mp4").save(Buffer.alloc(1024, 1), { resumable: false });
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const coordinator = fork(fileURLToPath(new URL("../../services/coordinator/main.ts", import.meta.url)), {
  execArgv: [
    ...["--disable-warning=ExperimentalWarning", "--expose-gc"],
    ...["--import", new URL("heap-sampler.ts", import.meta.url).href],
  ],
  env: {
    PATH: process.env["PATH"],
    ...cloud.coordinatorEnvironment,
    MPEGFLOW_PORT: String(port),
    MPEGFLOW_CLIENT_REQUESTS_PER_MINUTE: "100000",
  },
});
await ready();

const started = Date.now();
const samples: Sample[] = [];
let done = 0;
let begun = 0;
let sampling = Promise.resolve();
await Promise.all(Array.from({ length: lanes }, lane));
await sampling;
coordinator.kill("SIGTERM");
await once(coordinator, "exit");
await cloud.close();

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
say(`${done} jobs in ${Math.round((Date.now() - started) / 1000)} s`);
for (const { jobs: at, heapUsed, external, rss } of samples)
  say(
    `${String(at).padStart(6)} jobs: heap ${megabytes(heapUsed)} MB, external ${megabytes(external)} MB, resident ${megabytes(rss)} MB`,
  );
const perJob = growthPerJob(samples.slice(Math.floor(samples.length / 3)));
say(`heap growth after the first third: ${perJob.toFixed(0)} bytes a job`);
/** A record alone has a thousand bytes: whatever is kept of each job would be more. */
const most = 300;
say(perJob <= most ? "no leak" : `PROBLEM: more than ${most} bytes of each job stay`);
process.exit(perJob <= most && samples.length >= 6 ? 0 : 1);

async function ready(): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    const status = await fetch(`${url}/readyz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the coordinator did not become ready");
}

async function call(path: string, body: unknown, token?: string): Promise<unknown> {
  const response = await request(`${url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.body.text();
  if (response.statusCode >= 400) throw new Error(`${path} was answered ${response.statusCode}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

async function lane(): Promise<void> {
  while (begun < jobs && Date.now() - started < minutes * 60_000) {
    begun += 1;
    const id = `memory-${begun}`;
    await call("/v1/jobs", {
      id,
      input: `gs://${bucketName}/mezzanines/clip.mp4`,
      outputPrefix: `gs://${bucketName}/outputs/${id}/`,
    });
    const worker = { id: "lane", region: "us-central1" };
    const given = await call("/v1/leases", { worker, waitSeconds: 20 });
    if (given === undefined) continue;
    // Whichever job it is: every lane submits one and takes one.
    const { jobId, token } = leaseSchema.parse(given);
    await call(`/v1/leases/${jobId}/heartbeat`, { percentDone: 50, speed: 1, etaSeconds: 1 }, token);
    const outputs = ["a.mp4", "b.m4s"].map((name) => ({ name, contentType: "video/mp4", size: 3 }));
    const signed = urlsResponseSchema.parse(await call(`/v1/leases/${jobId}/urls`, { outputs }, token));
    for (const { method, url: to, headers } of signed.outputs) {
      const put = await request(to, { method, headers, body: "abc" });
      await put.body.dump();
    }
    await call(
      `/v1/leases/${jobId}/complete`,
      {
        media: { kind: "video", durationSeconds: 1, renditions: ["copy"] },
        outputs: outputs.map(({ name, size }) => ({ name, size })),
      },
      token,
    );
    done += 1;
    if (done % Math.ceil(jobs / samplesWanted) === 0) {
      const at = done;
      sampling = sampling.then(() => sample(at));
    }
  }
}

async function sample(at: number): Promise<void> {
  coordinator.send("sample");
  const [told] = (await once(coordinator, "message")) as [Omit<Sample, "jobs">];
  samples.push({ jobs: at, ...told });
}

/** Slope of the straight line through the samples, by least squares. */
function growthPerJob(points: readonly Sample[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map((point) => point.jobs));
  const y = mean(points.map((point) => point.heapUsed));
  const covariance = mean(points.map((point) => (point.jobs - x) * (point.heapUsed - y)));
  return covariance / mean(points.map((point) => (point.jobs - x) ** 2));
}
