import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFinal } from "../../../services/protocol/index.ts";
import { coordinatorClient } from "../../../services/worker/lease/coordinator-client.ts";
import { runLoop } from "../../../services/worker/attempt/loop.ts";
import { readCapabilities } from "../../../services/worker/profile/capabilities.ts";
import type { Capabilities } from "../../../services/worker/profile/capabilities.ts";
import { loadProfiles } from "../../../services/worker/profile/load.ts";
import type { Profiles } from "../../../services/worker/profile/load.ts";
import { asH264, ffmpeg, ffprobe, make, picture } from "../../end-to-end/worker/media.ts";
import { type CallFault, type Site, startSite } from "../../end-to-end/worker/site.ts";
import { bucket } from "../../unit/transfer/store.ts";

/**
 * Every call of a worker to its coordinator, crossed with every way in which a call can go wrong: the real worker with
 * a real ffmpeg against the real coordinator and a store that verifies signatures.
 */

let site: Site;
let directory: string;
let film: Buffer;
let profiles: Profiles;
let capabilities: Capabilities;
let jobs = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "lease-matrix-"));
  site = await startSite();
  film = await readFile(make(directory, "film.mp4", ...picture("64x48", "10", 1), ...asH264));
  [profiles, capabilities] = [await loadProfiles(undefined), await readCapabilities(ffmpeg)];
});
afterAll(async () => {
  await site.close();
  await rm(directory, { recursive: true, force: true });
});

/** Seconds that one answer may take: stalls are what is tested, not how long a worker bears them. */
const answerSeconds = 0.7;
const mostSeconds = 40;

interface Worked {
  /** Lines of the log, warnings and worse. */
  readonly warnings: readonly Record<string, unknown>[];
  readonly log: string;
}

/** A worker that works until the job has ended, then drains. @throws when it hangs */
async function workUntilEnded(id: string, handBackAfterMs?: number): Promise<Worked> {
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
  const draining = new AbortController();
  const handBack = new AbortController();
  if (handBackAfterMs !== undefined)
    setTimeout(() => {
      draining.abort();
      handBack.abort();
    }, handBackAfterMs);
  const coordinator = coordinatorClient(site.url, { answerSeconds });
  const ended = runLoop({
    ...{ coordinator, ffmpeg, ffprobe, profiles, capabilities, scratchRoot: directory, log },
    ...{ scratchReserveBytes: 0, worker: { id: "worker-1", region: "us-central1" } },
    ...{ draining: draining.signal, handBack: handBack.signal },
  }).then(() => true);
  const watch = async (): Promise<boolean> => {
    const end = Date.now() + mostSeconds * 1000;
    while (Date.now() < end) {
      const { state, eventPublishedAt } = site.record(id) ?? {};
      // A worker is not cut off while it is still to hear that its last call went well.
      if (state !== undefined && isFinal(state) && eventPublishedAt !== undefined) {
        await sleep(200);
        draining.abort();
        return true;
      }
      if (handBackAfterMs !== undefined && handBack.signal.aborted) return true;
      await sleep(20);
    }
    return false;
  };
  expect(await watch()).toBe(true);
  expect(await Promise.race([ended, sleep(15_000).then(() => false)])).toBe(true);
  await coordinator.close();
  const warnings = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ level }) => Number(level) >= 40);
  return { warnings, log: lines.join("") };
}

const small = {
  profile: "mp4-h264",
  overrides: { poster: false, storyboard: false, captions: false },
} as const;

const json = { "content-type": "application/json" };
const faults: readonly [string, CallFault][] = [
  ...[408, 500, 502, 503, 504].map((status): [string, CallFault] => [
    String(status),
    { kind: "answer", status },
  ]),
  ["429 with Retry-After", { kind: "answer", status: 429, headers: { ...json, "retry-after": "1" } }],
  [
    "a gateway's page",
    { kind: "answer", status: 502, body: "<html>", headers: { "content-type": "text/html" } },
  ],
  ["a reset before the coordinator hears of it", { kind: "reset" }],
  ["a reset after the coordinator's work", { kind: "reset", after: true }],
  ["a stall", { kind: "stall" }],
  ["a stall after the coordinator's work", { kind: "stall", after: true }],
  ["an answer that breaks off", { kind: "half" }],
  ["half an answer that pretends to be whole", { kind: "half", pretends: true }],
  ["garbage after the coordinator's work", { kind: "replace", body: "\u0000{[" }],
  ["garbage without the coordinator's work", { kind: "answer", status: 200, body: "<html>welcome</html>" }],
];

/** One line, for people, without a secret. */
function explained({ warnings, log }: Worked): void {
  for (const warning of warnings)
    expect(JSON.stringify(warning["reason"] ?? warning["error"] ?? warning["msg"])).not.toMatch(
      /\\n|undefined/,
    );
  expect(log).not.toMatch(/Signature=|Bearer /);
}

/** What must hold of a job that succeeded, however often it was begun. */
async function succeededOnce(id: string): Promise<void> {
  const record = site.record(id);
  expect(record).toMatchObject({ state: "succeeded" });
  const finals = site.world.events.filter(({ subject, type }) => subject === id && !type.endsWith("started"));
  expect(finals.map(({ id: event }) => event)).toEqual([`${id}/${record?.attempt ?? 0}/succeeded`]);
  await site.cleanUpLater();
  const expected = (record?.outputs ?? []).map(({ uri, size }) => ({
    name: uri.replace(`gs://${bucket}/`, ""),
    size,
  }));
  expect(expected).not.toEqual([]);
  expect(await site.outputs(id)).toEqual(expected);
}

describe.each([
  ["acquire", /^\/v1\/leases$/],
  ["heartbeat", /\/heartbeat$/],
  ["urls", /\/urls$/],
  ["complete", /\/complete$/],
] as const)("a job whose calls to %s fail", (name, path) => {
  it.each(faults)("succeeds once, its outputs neither lost nor doubled: %s", async (_, fault) => {
    const id = `${name}-${(jobs += 1)}`;
    // Long enough for heartbeats: the input is slow to begin.
    site.store.world.faults.clear();
    if (name === "heartbeat")
      site.store.world.faults.put("slow", {
        match: { method: "GET", query: ["X-Goog-Signature"] },
        action: { kind: "stall", milliseconds: 2500 },
        times: 1,
      });
    // A stalled call for a lease is given up only after the time that it may wait for a job, 20 s.
    site.disturb(path, fault, name === "acquire" && fault.kind === "stall" ? 1 : 2);
    await site.offer(id, film, small);
    const worked = await workUntilEnded(id);
    expect(site.hits()).toBeGreaterThan(0);
    explained(worked);
    await succeededOnce(id);
  });
});

describe("a job that fails for good, whose calls to say so fail twice", () => {
  it.each(faults)("has failed once, with its own reason: %s", async (_, fault) => {
    const id = `fail-${(jobs += 1)}`;
    site.disturb(/\/fail$/, fault, 2);
    await site.offer(id, Buffer.from("this is no film"), small);
    const worked = await workUntilEnded(id);
    expect(site.hits()).toBe(2);
    explained(worked);
    expect(site.record(id)).toMatchObject({ state: "failed", error: { code: "input-not-media" } });
    const finals = site.world.events.filter(
      ({ subject, type }) => subject === id && !type.endsWith("started"),
    );
    expect(finals.map(({ type }) => type)).toEqual(["dev.mpegflow.job.failed"]);
  });
});

describe("a job that is handed back, whose calls to do so fail twice", () => {
  it.each(faults)("is run by the next worker, and the first one ends: %s", async (_, fault) => {
    const id = `release-${(jobs += 1)}`;
    site.store.world.faults.clear();
    site.store.world.faults.put("slow", {
      match: { method: "GET", query: ["X-Goog-Signature"] },
      action: { kind: "stall", milliseconds: 2500 },
      times: 1,
    });
    site.disturb(/\/release$/, fault, 2);
    await site.offer(id, film, small);
    explained(await workUntilEnded(id, 1200));
    expect(site.hits()).toBeGreaterThan(0);
    explained(await workUntilEnded(id));
    await succeededOnce(id);
  });
});
