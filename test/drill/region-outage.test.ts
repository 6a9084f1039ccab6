import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobFate } from "../../tools/drill/outage-report.ts";
import { localEnvironment, type CommandResult } from "../end-to-end/support.ts";

interface Report {
  outage: { region: string; killed: string[]; from: string; until: string };
  workedAfterwards: string[];
  jobs: JobFate[];
}

const programs = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

describe.each([
  { clusters: "stand-ins for clusters", options: [], killed: [] },
  {
    clusters: "real control planes",
    options: ["--kubernetes"],
    killed: programs.map((program) => `${program} (us-east1)`),
  },
])("with $clusters, a region that goes out in mid-run", ({ options, killed }) => {
  const local = localEnvironment();
  let result: CommandResult;
  let report: Report;
  beforeAll(async () => {
    const sizes = ["--jobs", "6", "--seconds", "20"];
    result = await local.run("drill", "region-outage", "--region", "us-east1", ...sizes, ...options);
    const [file] = globSync("drills/*.json", { cwd: local.directory });
    if (file === undefined) throw new Error(`no report:\n${result.stdout}${result.stderr}`);
    report = JSON.parse(readFileSync(join(local.directory, file), "utf8")) as Report;
  });
  afterAll(() => local.close());

  it("costs no job: all of them succeed", () => {
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    expect(report.jobs.filter(({ state }) => state !== "succeeded")).toEqual([]);
    expect(report.jobs).toHaveLength(6 + 8);
  });

  it("loses its coordinator, its encoder, and whatever else its cluster consists of", () => {
    expect(report.outage.killed).toEqual(expect.arrayContaining(killed));
    const pods = report.outage.killed.filter((name) => name.startsWith("pod "));
    expect(pods.map((name) => name.split(/[ -]/)[1]).toSorted()).toEqual(["coordinator", "encoder"]);
    expect(report.outage.killed).toHaveLength(killed.length + pods.length);
  });

  it("has what it was working on done by the other region", () => {
    const struck = report.jobs.filter(({ because }) => because === "its region went out");
    expect(struck.length).toBeGreaterThan(0);
    expect(struck.filter(({ regions }) => regions[0] !== "us-east1" || regions.length < 2)).toEqual([]);
    expect(struck.filter(({ heldUpSeconds }) => !(heldUpSeconds > 0))).toEqual([]);
  });

  it("has nothing wait for it that the other region could do", () => {
    const seconds = (Date.parse(report.outage.until) - Date.parse(report.outage.from)) / 1000;
    const others = report.jobs.filter(({ because }) => because !== "its input was not replicated");
    expect(others.filter(({ heldUpSeconds }) => heldUpSeconds >= seconds)).toEqual([]);
  });

  it("has inputs waited for that are not replicated, for as long as it is out", () => {
    const waited = report.jobs.filter(({ because }) => because === "its input was not replicated");
    expect(waited).toHaveLength(2);
    expect(waited.filter(({ heldUpSeconds }) => heldUpSeconds < 20)).toEqual([]);
  });

  it("shares the work again when it is back", () => {
    expect(report.workedAfterwards.toSorted()).toEqual(["us-central1", "us-east1"]);
  });
});
