import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { drawPlatform } from "../../../../tools/docs/picture/draw.ts";
import { platformGraph } from "../../../../tools/docs/picture/graph.ts";

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
const summaryOf = (stack: string): string => read(`test/slow/golden/${stack}.txt`);
const graphOf = (stack: string) => platformGraph(summaryOf(stack));

test("docs/architecture.svg is what `npm run docs` draws", () => {
  expect(read("docs/architecture.svg"), "the picture is stale: run `npm run docs`").toBe(
    drawPlatform(graphOf("prod")),
  );
});

describe("the graph of a stack's summary", () => {
  test("has a coordinator and workers in each of prod's regions, on one dual-region bucket", () => {
    const { regions, bucket, jobs, events } = graphOf("prod");
    expect(regions.map(({ region }) => region)).toEqual(["us-central1", "us-east1"]);
    for (const one of regions) {
      expect(one.coordinators).toBeGreaterThan(0);
      expect(one.workers).toBeGreaterThan(0);
    }
    expect(bucket).toEqual({ location: "NAM4", turbo: true, encrypted: true });
    expect(jobs).toEqual({ topic: "mpegflow-jobs", deadLetters: true });
    expect(events).toEqual({ topic: "mpegflow-job-events", subscriptions: 1 });
  });

  test("has neither a second region nor an audit trail where the stack has none", () => {
    const { regions, audit, bucket } = graphOf("dev");
    expect(regions).toHaveLength(1);
    expect(audit).toEqual({});
    expect(bucket).toMatchObject({ turbo: false });
  });

  test("is refused for a stack without a coordinator", () => {
    expect(() => graphOf("archive")).toThrow("the summary has no coordinator");
  });
});

describe("the picture", () => {
  test("says of each region how many there are, and of the bucket where it is", () => {
    const svg = drawPlatform(graphOf("dev"));
    expect(svg.match(/class="panel"/g)).toHaveLength(1);
    expect(svg).toContain("one bucket in US-CENTRAL1<");
    expect(svg).not.toContain("audit trail");
    const both = drawPlatform(graphOf("prod-eu"));
    expect(both.match(/class="panel"/g)).toHaveLength(2);
    expect(both).toContain("one bucket in EUR4, which both regions read and write");
  });

  test("has colours of its own for dark pages", () => {
    expect(drawPlatform(graphOf("prod"))).toContain("@media (prefers-color-scheme: dark)");
  });

  test("escapes names", () => {
    const graph = graphOf("prod");
    const svg = drawPlatform({ ...graph, jobs: { ...graph.jobs, topic: "<a&b>" } });
    expect(svg).toContain("&lt;a&amp;b&gt;");
  });
});
