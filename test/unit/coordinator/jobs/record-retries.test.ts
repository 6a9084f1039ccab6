import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FaultRuleInput } from "../../../../sandbox/gcs/index.ts";
import { absent, recordsIn, type RecordStore } from "../../../../services/coordinator/index.ts";
import { newRecord } from "../../../../services/coordinator/jobs/transitions.ts";
import { createWorld as createStore, STRANGER, type World as Store } from "../../gcs/world.ts";
import { jobRequest } from "../world.ts";

/**
 * Google's retry scenarios for what the coordinator calls by itself: records are read (`objects.get`, idempotent) and
 * written with a precondition (`objects.insert`, idempotent by it). What the official library calls it tries again itself.
 * https://github.com/googleapis/conformance-tests/blob/main/storage/v1/retry_tests.json
 */
let store: Store;
let records: RecordStore;
let jobs = 0;

beforeAll(async () => {
  store = await createStore();
  await store.client().createBucket("records");
  records = recordsIn(store.client().bucket("records"), "jobs/");
});
afterAll(() => store.close());
beforeEach(() => {
  store.faults.clear();
});

type Action = FaultRuleInput["action"];
/** Fails the next requests that write a record, or read its content. */
const strike = (id: string, method: "GET" | "POST", action: Action, times: number): void => {
  store.faults.put(id, { match: { method, ...(method === "GET" && { query: ["alt"] }) }, action, times });
};
const fresh = () => newRecord(jobRequest(`job-${(jobs += 1)}`), new Date("2026-01-01T00:00:00Z"));

const passing: [string, Action][] = [
  ["503", { kind: "status", status: 503 }],
  ["408", { kind: "status", status: 408 }],
  ["429", { kind: "status", status: 429 }],
  ["a reset", { kind: "reset" }],
];

const unanswered: [string, Action][] = [
  ["503 after the work", { kind: "status", status: 503, when: "after" }],
  ["a reset after the work", { kind: "reset", when: "after" }],
];

describe("a record", () => {
  it.each([...passing, ...unanswered])(
    "is written once, through %s, and its writer knows",
    async (_, action) => {
      strike("fault", "POST", action, 1);
      const record = fresh();
      const written = await records.write(record, absent);
      expect(store.faults.hits("fault")).toBe(1);
      expect(written?.record).toEqual(record);
      expect((await records.read(record.request.id))?.generation).toBe(written?.generation);
    },
  );

  it("is not written over another's, however the answer is lost", async () => {
    const record = fresh();
    const first = await records.write(record, absent);
    strike("fault", "POST", { kind: "reset", when: "after" }, 1);
    expect(await records.write({ ...record, percentDone: 5 }, absent)).toBeUndefined();
    expect(await records.read(record.request.id)).toEqual(first);
  });

  it.each(passing)("is read through %s", async (_, action) => {
    const record = fresh();
    await records.write(record, absent);
    strike("fault", "GET", action, 1);
    expect((await records.read(record.request.id))?.record).toEqual(record);
    expect(store.faults.hits("fault")).toBe(1);
  });

  it.each(passing)("is told by its metadata at once, where that is enough, after %s", async (_, action) => {
    const record = fresh();
    const written = await records.write(record, absent);
    strike("fault", "GET", action, 9);
    const found = await records.read(record.request.id, record.request);
    expect(found).toMatchObject({ generation: written?.generation, record: { state: "queued", attempt: 0 } });
    expect(store.faults.hits("fault")).toBe(1);
  });

  it("is given up at once for a refusal, which does not pass", async () => {
    const stranger = recordsIn(store.client(`user:${STRANGER}`).bucket("records"), "jobs/");
    strike("counted", "POST", { kind: "stall", milliseconds: 1 }, 9);
    await expect(stranger.write(fresh(), absent)).rejects.toMatchObject({ status: 403 });
    expect(store.faults.hits("counted")).toBe(1);
  });

  it("is given up where a failure that passes is followed by one that does not", async () => {
    const record = fresh();
    strike("first", "POST", { kind: "status", status: 503 }, 1);
    await records.write(record, absent);
    strike("second", "POST", { kind: "status", status: 503 }, 1);
    // 412 on the repetition: the record has moved on, and it was somebody else.
    expect(await records.write(record, absent)).toBeUndefined();
  });
});
