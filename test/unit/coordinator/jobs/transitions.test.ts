import { describe, expect, it, test } from "vitest";
import {
  awaitingInput,
  cancelled,
  decideClaim,
  exhausted,
  failed,
  isExhausted,
  longestRefusal,
  newRecord,
  recordHeartbeat,
  released,
  requeued,
  succeeded,
} from "../../../../services/coordinator/jobs/transitions.ts";
import type { JobRecord } from "../../../../services/protocol/index.ts";
import { jobRequest, media, worker } from "../world.ts";

const start = Date.parse("2026-01-01T00:00:00.000Z");
const at = (seconds: number): Date => new Date(start + seconds * 1000);
const time = (seconds: number): string => at(seconds).toISOString();
const settings = { leaseSeconds: 60, maxAttempts: 3 };
const error = { code: "encode-failed", message: "ffmpeg ended with 1." };
const queued = newRecord(jobRequest(), at(0));

const claim = (record: JobRecord, seconds: number) =>
  decideClaim(record, worker, at(seconds), settings, "0".repeat(24));
function claimed(record: JobRecord, seconds: number): JobRecord {
  const decision = claim(record, seconds);
  if (decision.kind !== "start") throw new Error(`the claim was answered: ${decision.kind}`);
  return decision.record;
}
/** A record without the fields that are `undefined`, as it is stored. */
const stored = (record: JobRecord): JobRecord => JSON.parse(JSON.stringify(record)) as JobRecord;

/** What a job's readers see of a lease and of an encode that goes on. */
const ofLease = ["leaseExpiresAt", "estimatedEndAt", "speed", "etaSeconds"];
const ofWait = ["notBefore", "inputWait"];
const fieldsOf = (record: JobRecord): string[] => Object.keys(stored(record));

test("a new job is queued, with nothing done", () => {
  expect(queued).toEqual({
    version: 1,
    request: jobRequest(),
    state: "queued",
    attempt: 0,
    releases: 0,
    deadLetters: 0,
    attemptIds: {},
    percentDone: 0,
    createdAt: time(0),
    outputs: [],
  });
});

describe("a claim", () => {
  const running = claimed(queued, 0);

  it("starts the next attempt with a lease of its own, and nothing of the attempt before", () => {
    const lastAttempt = recordHeartbeat(running, { percentDone: 40, speed: 2, etaSeconds: 9 }, at(5), 60);
    expect(stored(claimed({ ...lastAttempt, error }, 65))).toEqual({
      ...queued,
      state: "running",
      attempt: 2,
      attemptIds: { 1: "0".repeat(24), 2: "0".repeat(24) },
      worker,
      startedAt: time(65),
      leaseExpiresAt: time(125),
    });
  });

  it("is refused while another worker holds the lease, by whole seconds, and not from its end on", () => {
    expect(claim(running, 59)).toEqual({ kind: "held", seconds: 1 });
    expect(claim(running, 59.999)).toEqual({ kind: "held", seconds: 1 });
    expect(claim(running, 20.5)).toEqual({ kind: "held", seconds: 40 });
    expect(claim(running, 60).kind).toBe("start");
  });

  it("is refused before the time that a waiting job is put off to, and not from then on", () => {
    const waiting = awaitingInput(queued, at(0), 3600);
    expect(claim(waiting, 0)).toEqual({ kind: "held", seconds: 10 });
    expect(claim(waiting, 9.001)).toEqual({ kind: "held", seconds: 1 });
    expect(claim(waiting, 10).kind).toBe("start");
  });

  it("clears the time that the job was put off to", () => {
    const waiting = awaitingInput(queued, at(0), 3600);
    expect(claimed(waiting, 10).notBefore).toBeUndefined();
  });

  it("takes a running job whose record names no end of its lease", () => {
    expect(claim({ ...running, leaseExpiresAt: undefined }, 1).kind).toBe("start");
  });

  it.each([
    ["succeeded", succeeded(running, { ...media, renditions: [] }, [], at(9))],
    ["failed", failed(running, error, at(9))],
    ["cancelled", cancelled(running, at(9))],
  ])("of a job that has %s finds nothing to do", (_state, record) => {
    expect(claim(record, 1000)).toEqual({ kind: "settled" });
  });

  it("fails the job instead of starting one attempt too many", () => {
    const decision = claim({ ...requeued(running, error), attempt: 3 }, 9);
    expect(decision).toMatchObject({
      kind: "fail",
      record: { state: "failed", attempt: 3, finishedAt: time(9), error: { code: "attempts-exhausted" } },
    });
  });
});

describe("attempts that were handed back", () => {
  it("do not count, so that a job outlives any number of drained nodes", () => {
    expect(isExhausted({ ...queued, attempt: 40, releases: 38 }, 3)).toBe(false);
    expect(isExhausted({ ...queued, attempt: 40, releases: 37 }, 3)).toBe(true);
  });

  it("count from the hundred and first on, so that no job goes round for ever", () => {
    expect(isExhausted({ ...queued, attempt: 102, releases: 100 }, 3)).toBe(false);
    expect(isExhausted({ ...queued, attempt: 103, releases: 101 }, 3)).toBe(true);
  });

  it("are counted as such", () => {
    expect(released(claimed(queued, 0)).releases).toBe(1);
    expect(requeued(claimed(queued, 0), error).releases).toBe(0);
  });
});

describe("a heartbeat", () => {
  const running = claimed(queued, 0);
  const beat = (percentDone: number, more: { etaSeconds?: number; speed?: number } = {}, record = running) =>
    recordHeartbeat(record, { percentDone, ...more }, at(30), 60);

  it("renews the lease and notes how far the encode is", () => {
    expect(beat(25, { speed: 1.5, etaSeconds: 45 })).toMatchObject({
      ...{ percentDone: 25, speed: 1.5, etaSeconds: 45 },
      leaseExpiresAt: time(90),
    });
  });

  it("tells the end by what the encode says of it", () => {
    expect(beat(25, { etaSeconds: 45 }).estimatedEndAt).toBe(time(75));
    expect(beat(0, { etaSeconds: 0 }).estimatedEndAt).toBe(time(30));
  });

  it("tells the end by the progress so far where the encode says nothing", () => {
    expect(beat(25).estimatedEndAt).toBe(time(120));
    expect(beat(1).estimatedEndAt).toBe(time(3000));
    expect(beat(99).estimatedEndAt).toBe(new Date(start + 30_303).toISOString());
  });

  it.each([
    ["there is too little progress to tell by", 0.9, running],
    ["nothing is left to encode", 100, running],
    ["it is not known when the attempt began", 50, { ...running, startedAt: undefined }],
  ])("tells no end where %s", (_why, percentDone, record) => {
    expect(beat(percentDone, {}, record).estimatedEndAt).toBeUndefined();
  });

  it("ends the count of waits for the input once something of it was encoded", () => {
    const waited = claimed(awaitingInput(queued, at(0), 3600), 10);
    expect(waited.inputWait).toMatchObject({ tries: 1 });
    expect(beat(0, {}, waited).inputWait).toMatchObject({ tries: 1 });
    expect(beat(0.1, {}, waited).inputWait).toBeUndefined();
  });
});

describe("an end", () => {
  const running = recordHeartbeat(
    claimed(awaitingInput(queued, at(0), 3600, error), 10),
    { percentDone: 0, speed: 1, etaSeconds: 50 },
    at(20),
    60,
  );
  const waiting = awaitingInput(released(running), at(30), 3600, error);

  it("of success has the media, the outputs and no error of attempts before", () => {
    const outputs = [
      { name: "a.mp4", uri: "gs://b/a.mp4", contentType: "video/mp4", size: 3, generation: "1" },
    ];
    const summary = { ...media, renditions: ["720p"] };
    expect(succeeded({ ...running, error }, summary, outputs, at(40))).toMatchObject({
      ...{ state: "succeeded", percentDone: 100, finishedAt: time(40), media: summary, outputs },
      error: undefined,
    });
  });

  it("of failure keeps how far the attempt came, and says why", () => {
    expect(failed({ ...running, percentDone: 40 }, error, at(40))).toMatchObject({
      ...{ state: "failed", percentDone: 40, finishedAt: time(40), error },
    });
  });

  it("by cancellation says when, and keeps what went wrong before", () => {
    expect(cancelled({ ...running, error }, at(40))).toMatchObject({
      ...{ state: "cancelled", finishedAt: time(40), error },
    });
  });

  it.each([
    ["succeeded", (record: JobRecord) => succeeded(record, { ...media, renditions: [] }, [], at(40))],
    ["failed", (record: JobRecord) => failed(record, error, at(40))],
    ["cancelled", (record: JobRecord) => cancelled(record, at(40))],
  ])("leaves no lease and no wait in the record: %s", (_state, end) => {
    expect(fieldsOf(running)).toEqual(expect.arrayContaining([...ofLease, "inputWait"]));
    expect(fieldsOf(waiting)).toEqual(expect.arrayContaining(ofWait));
    for (const record of [running, waiting])
      expect(fieldsOf(end(record)).filter((field) => [...ofLease, ...ofWait].includes(field))).toEqual([]);
  });

  it("of an attempt alone puts the job back with nothing done, and with its error", () => {
    const again = requeued({ ...running, percentDone: 40 }, error);
    expect(again).toMatchObject({ state: "queued", attempt: 1, percentDone: 0, error });
    expect(fieldsOf(again).filter((field) => ofLease.includes(field))).toEqual([]);
    expect(again.finishedAt).toBeUndefined();
  });

  it("by handing back leaves no error of attempts before", () => {
    expect(released({ ...running, error }).error).toBeUndefined();
  });
});

describe("a job that waits for its input", () => {
  const refusal = { code: "input-access-denied", message: "The store answers 403 for gs://b/clip.mp4." };
  /** Seconds from each look to the next, until the job fails; and the record then. */
  function looks(mostSeconds: number, refused: (look: number) => boolean): [number[], JobRecord] {
    const waits: number[] = [];
    let record = queued;
    for (let now = 0; ;) {
      record = awaitingInput(record, at(now), mostSeconds, refused(waits.length) ? refusal : undefined);
      if (record.state === "failed") return [waits, record];
      const next = (Date.parse(record.notBefore ?? "") - start) / 1000;
      waits.push(next - now);
      now = next;
    }
  }

  it("is looked at after 10 s, then after twice the time each, up to 10 minutes, and at the end of the time", () => {
    expect(looks(3600, () => false)[0]).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 570]);
    expect(looks(25, () => false)[0]).toEqual([10, 15]);
  });

  it("fails with how long that was, and what to do", () => {
    expect(looks(3600, () => false)[1]).toMatchObject({
      finishedAt: time(3600),
      error: {
        code: "input-unavailable",
        message:
          "The input gs://media-bucket/mezzanines/clip.mp4 could not be read for 3600 s; see whether its region is up, and submit the job under a new id.",
      },
    });
  });

  it("waits a quarter of an hour for a grant, however long it may wait for a region", () => {
    const [waits, record] = looks(86_400, () => true);
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 270]);
    expect(record).toMatchObject({
      finishedAt: time(longestRefusal),
      error: {
        code: "input-access-denied",
        message:
          "The store answers 403 for gs://b/clip.mp4; it was refused for 900 s: mend that, and submit the job under a new id.",
      },
    });
  });

  it("waits no longer for a grant than for a region, where that is less", () => {
    expect(looks(60, () => true)[0]).toEqual([10, 20, 30]);
  });

  it("counts the time of a refusal anew after a look that was not refused", () => {
    // Looks at 0, 10, 30, 70, 150, 310 and 630 s: the one at 310 s finds the region out, the refusal begins at 630 s.
    const [waits, record] = looks(86_400, (look) => look !== 5);
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 600, 300]);
    expect(record.error?.message).toContain("it was refused for 900 s");
  });

  it("tells what is refused meanwhile, and nothing once the region is out instead", () => {
    const refused = awaitingInput(queued, at(0), 3600, refusal);
    expect(refused).toMatchObject({
      ...{ state: "queued", error: refusal, notBefore: time(10) },
      inputWait: { since: time(0), tries: 1, refusedSince: time(0) },
    });
    expect(stored(awaitingInput(refused, at(10), 3600))).toMatchObject({
      inputWait: { since: time(0), tries: 2 },
    });
    expect(awaitingInput(refused, at(10), 3600).error).toBeUndefined();
    expect(awaitingInput(refused, at(10), 3600).inputWait?.refusedSince).toBeUndefined();
  });

  it("keeps a long reason of the store within what a record takes", () => {
    const long = { code: "input-access-denied", message: `${"x".repeat(1999)}.` };
    const { error: told } = awaitingInput(queued, at(0), 0, long);
    expect(told?.message).toMatch(/^x{1900}; it was refused for 0 s: mend that, /);
  });
});

describe("the error of a job without attempts left", () => {
  const message = (attempt: number, last?: JobRecord["error"]) =>
    exhausted({ ...queued, attempt, error: last }).message;

  it("says how many there were, and what the last one ended with", () => {
    expect(message(1)).toBe("The only attempt ended without a result; the last worker stopped answering");
    expect(message(3, error)).toBe(
      "All 3 attempts ended without a result; the last error was encode-failed: ffmpeg ended with 1.",
    );
  });

  it("has at most the 2000 characters that a record takes", () => {
    expect(message(3, { code: "encode-failed", message: "x".repeat(2000) })).toHaveLength(2000);
  });
});
