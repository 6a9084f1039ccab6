/**
 * The soak: many short jobs while coordinator replicas and workers are killed at random and the store fails. Bounded,
 * on loopback only; exits 1 when a job is lost, done twice or leaves something behind.
 *
 * `SOAK_JOBS` (500), `SOAK_WORKERS` (20), `SOAK_MINUTES` (15 at most)
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Broker,
  cleanUp,
  createMetrics,
  objectsIn,
  recordsIn,
  inputsIn,
  slotsIn,
  remindersIn,
} from "../../services/coordinator/index.ts";
import { createLog } from "../../services/logging/index.ts";
import { isFinal, jobEventSchema, type JobRecord, jobRecordSchema } from "../../services/protocol/index.ts";
import { bucketName, type Cloud, jobsPrefix, startCloud } from "./cloud.ts";
import { freePort, keepCoordinator, keepWorker, residentMemory, startService } from "./processes.ts";

const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const [jobs, workers, minutes] = [
  number("SOAK_JOBS", 500),
  number("SOAK_WORKERS", 20),
  number("SOAK_MINUTES", 15),
];
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];

const started = Date.now();
const seconds = (): number => Math.round((Date.now() - started) / 1000);
const cloud = await startCloud();
await cloud.bucket.file("mezzanines/clip.mp4").save(Buffer.alloc(64 * 1024, 1), { resumable: false });

const ports = await Promise.all([freePort(), freePort(), freePort()]);
const coordinators = ports.map((port) =>
  keepCoordinator({ ...cloud.coordinatorEnvironment, ...cloud.tlsEnvironment }, port),
);
const service = await startService(ports);
const troubles = new Map<string, number>();
const crew = Array.from({ length: workers }, (_, n) =>
  keepWorker({ url: service.url, caFile: cloud.caFile }, `worker-${n}`, (message) =>
    troubles.set(message, (troubles.get(message) ?? 0) + 1),
  ),
);
/** Ids of final events, however often each was delivered. */
const finals = new Set<string>();
const subscription = cloud.pubsub.subscription("soak");
subscription.on("message", (message) => {
  const event = jobEventSchema.parse(JSON.parse(message.data.toString()));
  if (!event.type.endsWith("started")) finals.add(event.id);
  message.ack();
});

// 5 % of the requests that change or read objects: refused, cut off, or done without an answer.
cloud.faults.put("refused", { action: { kind: "status", status: 503 }, share: 0.02 });
cloud.faults.put("reset", { action: { kind: "reset" }, share: 0.015 });
cloud.faults.put("unanswered", { action: { kind: "reset", when: "after" }, share: 0.015 });

const ids = Array.from({ length: jobs }, (_, n) => `soak-${String(n).padStart(4, "0")}`);
const publish = cloud.pubsub.topic("jobs");
for (const id of ids)
  await publish.publishMessage({
    json: {
      id,
      input: `gs://${bucketName}/mezzanines/clip.mp4`,
      outputPrefix: `gs://${bucketName}/outputs/${id}/`,
    },
  });
say(`${jobs} jobs published, ${workers} workers, ${ports.length} coordinators`);

let kills = { workers: 0, coordinators: 0 };
const memory: { at: number; mebibytes: number }[] = [];
const sample = (): void => {
  // The first replica is never killed: its memory is what the soak looks at.
  const mebibytes = residentMemory(coordinators[0]?.pid());
  if (mebibytes !== undefined) memory.push({ at: seconds(), mebibytes });
};
const killer = setInterval(() => {
  pick(crew)?.kill();
  kills = { ...kills, workers: kills.workers + 1 };
}, 2000);
const coordinatorKiller = setInterval(() => {
  pick(coordinators.slice(1))?.kill();
  kills = { ...kills, coordinators: kills.coordinators + 1 };
}, 6000);
const sampler = setInterval(sample, 5000);

for (;;) {
  await sleep(5000);
  const ended = new Set([...finals].map((id) => id.split("/")[0])).size;
  say(`${seconds()} s: ${ended} of ${jobs} ended, ${kills.workers} + ${kills.coordinators} kills`);
  if (ended >= jobs || Date.now() - started > minutes * 60_000) break;
}
for (const timer of [killer, coordinatorKiller, sampler]) clearInterval(timer);
sample();
const hits = ["refused", "reset", "unanswered"].map((id) => cloud.faults.hits(id));
cloud.faults.clear();
// Messages of jobs that have ended, and leases of the killed, come to rest.
await sleep(12_000);
for (const one of [...crew, ...coordinators]) one.stop();
service.close();

const problems = [
  ...(await judge(cloud, ids, finals)),
  ...memoryProblems(memory.map(({ mebibytes }) => mebibytes)),
];
say(
  `took ${seconds()} s; faults ${hits.join(" + ")}; kills ${kills.workers} workers, ${kills.coordinators} coordinators`,
);
say(
  `memory of the replica that lived: ${memory.map(({ at, mebibytes }) => `${at} s ${mebibytes.toFixed(0)} MiB`).join(", ")}`,
);
for (const [message, times] of [...troubles].sort(([, a], [, b]) => b - a).slice(0, 5))
  say(`  ${times} x ${message}`);
await subscription.close();
await cloud.close();
for (const problem of problems) say(`PROBLEM ${problem}`);
say(
  problems.length === 0
    ? `${jobs} succeeded exactly once, nothing left behind`
    : `${problems.length} problems`,
);
process.exit(problems.length === 0 ? 0 : 1);

async function judge(
  { bucket }: Cloud,
  all: readonly string[],
  events: ReadonlySet<string>,
): Promise<string[]> {
  const found: string[] = [];
  const records = new Map<string, JobRecord>();
  for (const id of all) {
    const [bytes] = await bucket.file(`${jobsPrefix}${id}.json`).download();
    records.set(id, jobRecordSchema.parse(JSON.parse(bytes.toString())));
  }
  for (const [id, record] of records) {
    if (record.state !== "succeeded") found.push(`${id} is ${record.state}: ${record.error?.message ?? ""}`);
    const own = [...events].filter((event) => event.startsWith(`${id}/`));
    if (own.length !== 1 || own[0] !== `${id}/${record.attempt}/succeeded`)
      found.push(`${id} has the final events ${own.join(", ") || "none"}, attempt ${record.attempt}`);
  }
  const attempts = [...records.values()].map(({ attempt }) => attempt);
  say(
    `attempts: ${attempts.reduce((sum, one) => sum + one, 0)} for ${all.length} jobs, at most ${Math.max(...attempts)}`,
  );

  const names = async () => (await bucket.getFiles({ prefix: "outputs/" }))[0].map(({ name }) => name);
  const before = await names();
  await cleanUp(later(bucket));
  const left = await names();
  const expected = new Set(
    [...records.values()]
      .filter(({ state }) => isFinal(state))
      .flatMap(({ outputs }) => outputs.map(({ uri }) => uri.replace(/^gs:\/\/[^/]+\//, ""))),
  );
  say(`outputs: ${before.length} before clean-up, ${left.length} after, ${expected.size} in the records`);
  for (const name of left.filter((one) => !expected.has(one))) found.push(`${name} is nobody's`);
  for (const name of [...expected].filter((one) => !left.includes(one))) found.push(`${name} is gone`);
  return found;
}

/** What clean-up works with, an hour from now: it would otherwise wait for the last signed URL to end. */
function later(bucket: Cloud["bucket"]): Broker {
  const unused = (): never => {
    throw new Error("clean-up needs none of this");
  };
  return {
    settings: {
      ...{ project: "soak-project", region: "us-central1", bucket: bucketName, jobsPrefix, otherBuckets: [] },
      ...{ leaseSeconds: 10, urlTtlSeconds: 120, maxAttempts: 50, leasesPerPod: 1, inputWaitSeconds: 60 },
      ...{ inputPrefixes: [], outputPrefixes: [], encryptionKeySecrets: [] },
    },
    records: recordsIn(bucket, jobsPrefix),
    objects: objectsIn(bucket),
    reminders: remindersIn(bucket, jobsPrefix),
    inputs: inputsIn(bucket, jobsPrefix),
    slots: slotsIn(bucket, jobsPrefix),
    metrics: createMetrics(),
    otherStores: new Map(),
    readEncryptionKey: unused,
    queue: { pull: unused, acknowledge: unused, extend: unused },
    jobs: { publish: unused },
    events: { publish: unused },
    sign: unused,
    leaseKey: new Uint8Array(32),
    now: () => new Date(Date.now() + 3_600_000),
    log: createLog("warn", {}),
  };
}

/** Flat: the last third is no more than a fifth, and 30 MiB, above the third before it. */
function memoryProblems(samples: readonly number[]): string[] {
  if (samples.length < 9) return [];
  const third = Math.floor(samples.length / 3);
  const mean = (part: readonly number[]): number => part.reduce((sum, one) => sum + one, 0) / part.length;
  const [middle, last] = [mean(samples.slice(third, 2 * third)), mean(samples.slice(2 * third))];
  return last > middle * 1.2 && last > middle + 30
    ? [`memory grew from ${middle.toFixed(0)} to ${last.toFixed(0)} MiB`]
    : [];
}
