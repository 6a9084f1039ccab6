import { describe, expect, test } from "vitest";
import { fateOf, renderFates, type Outage } from "../../../../tools/drill/outage-report.ts";
import { eventTypes, type JobEvent } from "../../../../services/protocol/index.ts";

const begin = Date.parse("2026-01-01T00:00:00Z");
const outage: Outage = { region: "us-east1", from: begin + 10_000, until: begin + 70_000 };

/** An event of job `a`, so many seconds after the begin. */
function event(second: number, type: keyof typeof eventTypes, attempt: number, region: string): JobEvent {
  return {
    specversion: "1.0",
    id: `a/${attempt}/${type}`,
    source: "//test",
    type: eventTypes[type],
    subject: "a",
    time: new Date(begin + second * 1000).toISOString(),
    datacontenttype: "application/json",
    data: { jobId: "a", attempt, region, labels: {} },
  };
}
const job = { id: "a", lateInput: false };
const late = { id: "a", lateInput: true };

describe("a job", () => {
  test("that ended before the outage was not held up", () => {
    const events = [event(1, "started", 1, "us-east1"), event(9, "succeeded", 1, "us-east1")];
    expect(fateOf(job, events, outage)).toMatchObject({
      state: "succeeded",
      because: undefined,
      heldUpSeconds: 0,
    });
  });

  test("that ran in the other region was not held up", () => {
    const events = [event(1, "started", 1, "us-central1"), event(30, "succeeded", 1, "us-central1")];
    expect(fateOf(job, events, outage)).toMatchObject({ because: undefined, regions: ["us-central1"] });
  });

  test("that ran in the region was held up until its next attempt", () => {
    const events = [
      event(1, "started", 1, "us-east1"),
      event(26, "started", 2, "us-central1"),
      event(40, "succeeded", 2, "us-central1"),
    ];
    expect(fateOf(job, events, outage)).toMatchObject({
      state: "succeeded",
      attempts: 2,
      regions: ["us-east1", "us-central1"],
      because: "its region went out",
      heldUpSeconds: 16,
    });
  });

  test("whose input was not replicated was held up until the region was back, though an attempt began before", () => {
    const events = [event(20, "started", 1, "us-central1"), event(90, "succeeded", 1, "us-central1")];
    expect(fateOf(late, events, outage)).toMatchObject({
      because: "its input was not replicated",
      heldUpSeconds: 60,
    });
  });

  test("whose input was not replicated was held up until it was taken", () => {
    const events = [event(95, "started", 1, "us-east1"), event(99, "succeeded", 1, "us-east1")];
    expect(fateOf(late, events, outage).heldUpSeconds).toBe(85);
  });

  test("that has no final event is unfinished", () => {
    expect(fateOf(job, [event(1, "started", 1, "us-east1")], outage).state).toBe("unfinished");
  });

  test("is not told apart by events that come twice", () => {
    const started = event(1, "started", 1, "us-central1");
    const events = [started, started, event(30, "succeeded", 1, "us-central1")];
    expect(fateOf(job, events, outage).regions).toEqual(["us-central1"]);
  });
});

test("a report has a line for each job", () => {
  const events = [
    event(1, "started", 1, "us-east1"),
    event(26, "started", 2, "us-central1"),
    event(40, "succeeded", 2, "us-central1"),
  ];
  expect(renderFates([fateOf(job, events, outage)])).toBe(
    "  a  succeeded, 2 attempts, us-east1 → us-central1, held up 16.0 s: its region went out",
  );
});
