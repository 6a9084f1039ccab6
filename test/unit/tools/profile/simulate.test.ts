import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { htmlReport, sentences } from "../../../../tools/profile/report.ts";
import { advise, simulate } from "../../../../tools/profile/simulate.ts";
import { parseWorkload, workloadSchema } from "../../../../tools/profile/workload.ts";
import type { Workload } from "../../../../tools/profile/workload.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");
/** Writes a second from minute 0, and from another minute on. */
const workload = (
  bucket: Partial<Workload["bucket"]>,
  writes: number,
  later?: { minute: number; writes: number },
): Workload =>
  workloadSchema.parse({
    bucket,
    jobs: [
      {
        name: "job",
        starts: [
          { minute: 0, perMinute: writes },
          ...(later ? [{ minute: later.minute, perMinute: later.writes }] : []),
        ],
        ...{ inputReads: 0, outputs: 60, rewritesPerMinute: 0 },
      },
    ],
  });

describe("a bucket's rates", () => {
  it("are enough for 1,000 writes a second from the start", () => {
    expect(simulate(workload({}, 1000))).toMatchObject({ throttledMinutes: 0, peakWrites: 1000 });
  });

  it("are not enough for 2,000, which spread names reach after 20 minutes", () => {
    const { throttledMinutes, firstThrottledMinute, throttledWrites } = simulate(
      workload({ names: "random" }, 2000),
    );
    expect([throttledMinutes, firstThrottledMinute]).toEqual([20, 0]);
    // 1000 a second too many at first, and fewer every minute.
    expect(throttledWrites).toBeGreaterThan(300_000);
    expect(throttledWrites).toBeLessThan(1_200_000);
  });

  it("never grow for names that follow each other", () => {
    expect(simulate(workload({ names: "sequential" }, 2000)).throttledMinutes).toBe(120);
  });

  it("grow as far as the hashed digits spread the names", () => {
    const spread = simulate(workload({ names: "hashed", hexDigits: 1, warmWritesPerSecond: 1e6 }, 20_000));
    expect(spread.minutes[0]?.writesAllowed).toBe(16_000);
  });

  it("do not grow while they are not used", () => {
    const { firstThrottledMinute } = simulate(
      workload({ names: "random" }, 10, { minute: 60, writes: 1500 }),
    );
    expect(firstThrottledMinute).toBe(60);
  });

  it("are eight times as high with a hierarchical namespace", () => {
    expect(simulate(workload({ hierarchicalNamespace: true }, 8000)).throttledMinutes).toBe(0);
  });

  it("count every request of a job over its minutes", () => {
    const { minutes } = simulate(
      workloadSchema.parse({
        jobs: [
          {
            name: "job",
            starts: [{ minute: 0, perMinute: 60 }],
            outputs: 30,
            minutes: 3,
            rewritesPerMinute: 2,
          },
        ],
      }),
    );
    // 60 jobs a minute, 10 outputs and 2 changes a minute each, three minutes' worth at once.
    expect(minutes.slice(0, 4).map(({ writes }) => Math.round(writes))).toEqual([12, 24, 36, 36]);
  });
});

describe("the advice for a workload", () => {
  it("names ramp and prefix, which cure it", () => {
    const given = workload({}, 5000);
    const advice = advise(given, simulate(given));
    expect([advice.rampMinutes, advice.hexDigits, advice.cured.throttledMinutes]).toEqual([47, 1, 0]);
    expect(advice.ramp.map(({ writes }) => writes)).toEqual([1000, 2000, 4000, 5000]);
  });

  it("asks for nothing where the bucket keeps up", () => {
    const given = workload({}, 500);
    const advice = advise(given, simulate(given));
    expect([advice.rampMinutes, advice.hexDigits, advice.tooOften]).toEqual([0, 0, []]);
  });

  it("names jobs that change one object more than once a second", () => {
    const given = workloadSchema.parse({
      jobs: [{ name: "live", starts: [{ minute: 0, perMinute: 1 }], outputs: 1, rewritesPerMinute: 120 }],
    });
    const found = simulate(given);
    expect(sentences(given, found, advise(given, found)).join("\n")).toMatch(
      /Job live changes one object more than/,
    );
  });
});

describe("a workload file", () => {
  it("is refused with all of its problems", () => {
    const parsed = parseWorkload({ minutes: 0, jobs: [{ name: "a", starts: [], outputs: -1 }] });
    expect("problems" in parsed && parsed.problems.map(({ path }) => path)).toEqual([
      "minutes",
      "jobs[0].starts",
      "jobs[0].outputs",
    ]);
  });

  it("is read as the example has it, and drawn", async () => {
    const parsed = parseWorkload(
      parse(await readFile(join(root, "examples/rate-profile/workload.yaml"), "utf8")),
    );
    if ("problems" in parsed) expect.fail(JSON.stringify(parsed.problems));
    const found = simulate(parsed.workload);
    const html = htmlReport(parsed.workload, found, advise(parsed.workload, found));
    expect(html.match(/<polyline /g)).toHaveLength(6);
    expect(html).toContain(">minute</text>");
    expect(html).not.toContain("$");
  });
});

describe("npm run profile", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "profile-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(root, "tools", "main.ts"), "profile", ...args]).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: unknown) => {
        const { code, stderr } = error as { code: number; stderr: string };
        return { code, text: stderr };
      },
    );

  it("writes a page and says what is on it", async () => {
    const { code, text } = await run(join(root, "examples/rate-profile/workload.yaml"), "--out", folder);
    expect(code).toBe(0);
    expect(text).toMatch(/^Peak: [\d,]+ writes and [\d,]+ reads a second/);
    expect(await readFile(join(folder, "workload.html"), "utf8")).toContain("<svg ");
  });

  it("explains a mistake without a stack trace", async () => {
    const file = join(folder, "wrong.yaml");
    await writeFile(file, "jobs: 3\n");
    const { code, text } = await run(file);
    expect([code, text]).toEqual([2, expect.stringMatching(/jobs: given 3; allowed: /) as string]);
    expect(text).not.toContain("    at ");
  });
});
