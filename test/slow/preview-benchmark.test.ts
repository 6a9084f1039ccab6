import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../engine/support.ts";

/** Fewer rounds than by hand: what it guards against is a component that asks, loads or waits for too much. */
const ROUNDS = "3";

test("a preview of prod takes at most 1.5 times as long as the same resources declared flat", async () => {
  const bench = spawn(process.execPath, [join(root, "tools", "bench", "preview.ts"), ROUNDS], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([text(bench.stdout), text(bench.stderr), once(bench, "close")]);
  expect(bench.exitCode, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^ratio \d\.\d\d \(median of the rounds'\), at most 1\.5$/m);
});
