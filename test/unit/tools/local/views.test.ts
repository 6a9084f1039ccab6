import { Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderJobs } from "../../../../tools/local/jobs-view.ts";
import { jsonLineSchema } from "../../../../tools/local/json-lines.ts";
import { jsonPresenter, textPresenter } from "../../../../tools/local/presenter.ts";
import { renderSeveral } from "../../../../tools/local/summary.ts";
import { liveArea } from "../../../../sandbox/process/index.ts";
import {
  eventTypes,
  jobEventSchema,
  jobRecordSchema,
  jobStates,
  type JobRecord,
} from "../../../../services/protocol/index.ts";

const job = (id: string, changes: Partial<JobRecord> = {}): JobRecord => ({
  ...jobRecordSchema.parse({
    ...{ version: 1, state: "running", attempt: 1, createdAt: "2026-01-01T00:00:00Z", percentDone: 50 },
    request: { id, input: "gs://media/in.mp4", outputPrefix: `gs://media/outputs/${id}/` },
    worker: { id: "encoder-x", region: "us-east1" },
  }),
  ...changes,
});
const plain = { columns: 80, rows: 24, colour: false };
const worker = (region: string) => ({ worker: { id: "w", region } });

describe("the live view of jobs", () => {
  it("shows each region's jobs, those that run first, and how many are done", () => {
    const waiting = job("j-4", { state: "queued", percentDone: 0 });
    delete waiting.worker;
    const jobs = [
      job("j-1", { state: "succeeded", percentDone: 100, ...worker("us-central1") }),
      job("j-2", { percentDone: 40, attempt: 2, ...worker("us-central1") }),
      job("j-3", { state: "failed", error: { code: "input-empty", message: "x" } }),
      waiting,
    ];
    const bar = (filled: number) => "█".repeat(filled) + "░".repeat(30 - filled);
    expect(renderJobs(jobs, 61.5, plain)).toEqual([
      "jobs  2 of 4 done, 1 failed, 61 s",
      "us-central1",
      `  j-2  ${bar(12)}  40 %  running, attempt 2`,
      `  j-1  ${bar(30)} 100 %  succeeded`,
      "us-east1",
      `  j-3  ${bar(15)}  50 %  failed: input-empty`,
      "waiting",
      `  j-4  ${bar(0)}   0 %  queued`,
    ]);
  });

  it("counts the jobs that nobody has taken yet", () => {
    const lines = renderJobs([job("j-1", { percentDone: 0 })], 3, { ...plain, total: 6 });
    expect([lines.at(0), lines.at(-1)]).toEqual(["jobs  0 of 6 done, 3 s", "5 in the queue"]);
  });

  it("fits into any window", () => {
    const jobs = fc.array(
      fc.record({
        state: fc.constantFrom(...jobStates),
        region: fc.constantFrom("a", "b"),
        percent: fc.integer({ min: 0, max: 100 }),
      }),
      { minLength: 1, maxLength: 100 },
    );
    fc.assert(
      fc.property(
        jobs,
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 12, max: 60 }),
        (list, columns, rows) => {
          const records = list.map(({ state, region, percent }, index) =>
            job(`job-${index}`, { state, percentDone: percent, ...worker(region) }),
          );
          const total = records.length + 7;
          const lines = renderJobs(records, 1, { columns, rows, colour: false, total });
          expect(lines.length).toBeLessThanOrEqual(rows);
          expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(Math.max(columns, 25));
        },
      ),
    );
  });
});

/** A terminal, or a file, that remembers what it is told. */
function stream(isTTY: boolean) {
  let text = "";
  const written = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  const terminal = Object.assign(written, { isTTY, columns: 80, rows: 24 }) as unknown as NodeJS.WriteStream;
  return { terminal, text: () => text };
}

describe("a live area", () => {
  it("draws over what it has drawn, and leaves the cursor as it was", () => {
    const { terminal, text } = stream(true);
    const area = liveArea(terminal, {});
    area.show(["one", "two"]);
    area.show(["three"]);
    area.end();
    expect(text()).toBe(
      "\x1b[?25lone\x1b[K\ntwo\x1b[K\n\x1b[0J" + "\x1b[?25l\x1b[2A\rthree\x1b[K\n\x1b[0J" + "\x1b[?25h",
    );
  });

  it("goes up by what its lines take in a window that has become narrower, styles not counted", () => {
    const { terminal, text } = stream(true);
    const area = liveArea(terminal, {});
    area.show([`\x1b[32m${"x".repeat(70)}\x1b[0m`, "short"]);
    terminal.columns = 30;
    area.show(["now"]);
    expect(text()).toContain("\x1b[4A\r");
  });

  it("leaves a row to the cursor, so that nothing scrolls", () => {
    expect(liveArea(stream(true).terminal, {}).rows()).toBe(23);
  });

  it.each([
    ["a file", false, {}],
    ["a dumb terminal", true, { TERM: "dumb" }],
  ])("does nothing on %s", (_, isTTY, environment) => {
    const { terminal, text } = stream(isTTY);
    const area = liveArea(terminal, environment);
    area.show(["one"]);
    area.end();
    expect([area.live, area.colour, text()]).toEqual([false, false, ""]);
  });

  it("has no colour where NO_COLOR is set", () => {
    expect(liveArea(stream(true).terminal, { NO_COLOR: "1" })).toMatchObject({ live: true, colour: false });
  });
});

it("A run that ends without a result draws nothing more over what follows", () => {
  const { terminal, text } = stream(true);
  const presenter = textPresenter(() => undefined, terminal);
  const running = job("j-1", { percentDone: 3 });
  presenter.jobs(running, [running], 1);
  presenter.end();
  const shown = text();
  presenter.jobs(running, [running], 1);
  expect(shown.endsWith("\x1b[?25h")).toBe(true);
  expect(text()).toBe(shown);
});

it("Where there is no terminal, jobs are told in lines, each state once", () => {
  const told: string[] = [];
  const presenter = textPresenter((line) => told.push(line), stream(false).terminal);
  const jobs = [job("j-1", { percentDone: 0 }), job("j-2")];
  for (const percentDone of [0, 3, 12]) presenter.jobs(job("j-1", { percentDone }), jobs, 2);
  expect(told).toEqual([
    "job j-1 running, attempt 1 on encoder-x in us-east1, 0 %",
    "job j-1 running, attempt 1 on encoder-x in us-east1, 12 %",
  ]);
});

const event = jobEventSchema.parse({
  ...{ specversion: "1.0", id: "j-1/1/succeeded", source: "//mpegflow", type: eventTypes.succeeded },
  ...{ subject: "j-1", time: "2026-01-01T00:00:09Z", datacontenttype: "application/json" },
  data: { jobId: "j-1", attempt: 1, region: "us-east1", labels: {} },
});
const output = {
  ...{
    name: "hls/master.m3u8",
    uri: "gs://media/outputs/j-1/1/hls/master.m3u8",
    size: 2048,
    generation: "1",
  },
  contentType: "application/vnd.apple.mpegurl",
};
const signed = {
  ...{ method: "GET" as const, url: "http://127.0.0.1:1/x?X-Goog-Signature=s", headers: {} },
  expiresAt: "2026-01-01T01:00:00Z",
};
const done = job("j-1", {
  ...{ state: "succeeded", percentDone: 100, outputs: [output] },
  ...{ startedAt: "2026-01-01T00:00:01.000Z", finishedAt: "2026-01-01T00:00:09.500Z" },
});

describe("the lines for machines", () => {
  it("all conform to their schema", () => {
    const lines: string[] = [];
    const presenter = jsonPresenter((line) => lines.push(line));
    presenter.phase("tools", 1.23456);
    presenter.resources("local", [
      {
        urn: "urn:a",
        type: "gcp:storage/bucket:Bucket",
        custom: true,
        id: "b",
        parent: "urn:p",
        dependencies: [],
      },
    ]);
    presenter.jobs(done, [done], 1);
    presenter.event(event);
    presenter.page("http://127.0.0.1:1");
    presenter.result({
      ...{ exitCode: 0, phases: [] },
      ends: [{ record: done, event, urls: new Map([["hls/master.m3u8", signed]]) }],
    });
    presenter.failed("There is no file x.");
    for (const line of lines) expect(line).toMatch(/^[^\n]+\n$/);
    const parsed = lines.map((line) => jsonLineSchema.parse(JSON.parse(line)));
    expect(parsed.map(({ type }) => type)).toEqual([
      "phase",
      "resources",
      "job",
      "event",
      "page",
      "result",
      "error",
    ]);
    expect(parsed[5]).toMatchObject({ jobs: [{ region: "us-east1", outputs: [{ url: signed.url }] }] });
  });
});

it("The summary of several jobs counts them by region, with the time of each and how it plays", () => {
  const failed = job("j-2", {
    state: "failed",
    error: { code: "input-empty", message: "Empty." },
    ...worker("us-central1"),
  });
  const text = renderSeveral(
    [
      { record: done, urls: new Map([["hls/master.m3u8", signed]]) },
      { record: failed, urls: new Map() },
    ],
    [["jobs", 9.04]],
  );
  expect(text).toBe(
    [
      "jobs     2, 1 succeeded, 1 not",
      "us-central1  1",
      "  j-2  failed, attempt 1  input-empty: Empty.",
      "us-east1  1",
      "  j-1  succeeded, attempt 1, 8.5 s  1 objects, 2.0 KiB",
      "    play     with `npm run local -- --open`: the playlists name files that need a signed URL each",
      "",
      "time     jobs 9.0 s",
    ].join("\n"),
  );
});
