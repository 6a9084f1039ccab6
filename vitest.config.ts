import { defineConfig } from "vitest/config";

/** The slow suites start real engines, clouds and encoders, after the quick ones. */
const slow = (name: string, groupOrder: number, maxWorkers: number) => ({
  name,
  include: [`test/${name}/**/*.test.ts`],
  testTimeout: 300_000,
  hookTimeout: 900_000,
  maxWorkers,
  // They start engines, clouds and encoders: on a shared machine one may be late once. A failure has to fail twice.
  retry: process.env["CI"] === "true" ? 1 : 0,
  sequence: { groupOrder },
});

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts", "test/security/**/*.test.ts"],
          globalSetup: "test/unit/no-gcloud.ts",
          setupFiles: "test/unit/sdk-stack-traces.ts",
          // Loading Pulumi and Google's clients anew for each file would take longer than the tests.
          isolate: false,
          // The first test of a file may load Google's SDK, which takes long where other work shares the cores.
          testTimeout: 20_000,
          // A loop over nothing, or a condition that never holds, must not pass for a test.
          expect: { requireAssertions: true },
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      // Parts of the sandbox and the worker that are about processes, which take a while to start.
      { test: slow("processes", 1, 2) },
      { test: slow("engine", 2, 2) },
      // One after another: they measure how long things take.
      { test: slow("end-to-end", 3, 1) },
      // Not part of npm test: what is too long for every run, `npm run test:slow`.
      { test: slow("slow", 4, 2) },
      // The outage of a region, with waits of minutes: `npm run test:drill`.
      { test: slow("drill", 6, 1) },
      // On real control planes, whose first start on a machine builds them: `npm run test:kubernetes`.
      { test: { ...slow("kubernetes", 5, 1), hookTimeout: 1_800_000 } },
    ],
  },
});
