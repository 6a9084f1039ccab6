import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openClusters } from "../../../sandbox/cloud/clusters.ts";
import { logReport } from "../../../sandbox/process/index.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clusters-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

/** In the place of Go, one that is new enough and builds nothing. */
function brokenGo(): void {
  const script = '#!/bin/sh\n[ "$1" = env ] && { echo go99.0; exit; }\necho "no module" >&2; exit 1\n';
  writeFileSync(join(directory, "go"), script, { mode: 0o700 });
  vi.stubEnv("PATH", `${directory}:${process.env["PATH"] ?? ""}`);
}

it("tells of a build as of what goes on, and of no problem of a cluster that runs", async () => {
  brokenGo();
  const lines: string[] = [];
  const problems: string[] = [];
  const clusters = openClusters({
    ...{ directory: join(directory, "clusters"), cacheDirectory: join(directory, "cache"), kubernetes: true },
    poolsOf: () => [],
    isOut: () => false,
    hostOf: () => {
      throw new Error("no pod runs before there is a control plane");
    },
    report: (line) => lines.push(line),
    onProblem: (problem) => problems.push(problem),
  });
  await expect(clusters.open("gke_acme_us-east1_media")).rejects.toThrow(
    /^The control plane of gke_acme_us-east1_media did not start: .*no module/s,
  );
  expect(lines).toEqual([expect.stringMatching(/^building Kubernetes.* from source, once, about/)]);
  expect(problems).toEqual([]);
});

it("a report to a log has lines of level info, one for each message", () => {
  const lines: string[] = [];
  const report = logReport({ info: (line) => lines.push(line) });
  report("building");
  report("  compiling, 15 s", "progress");
  expect(lines).toEqual(["building", "compiling, 15 s"]);
  expect(report.progressEveryMs).toBeUndefined();
});
