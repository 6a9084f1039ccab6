import { env } from "node:process";
import { place } from "./vitest.config.ts";

export default {
  mutate: env.MUTATION_FILES?.split(",") ?? place.mutate,
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
  coverageAnalysis: "perTest",
  concurrency: 1,
  timeoutMS: 20_000,
  // From the root: tests read the pages in docs/, and no copy needs what programs have written.
  ignorePatterns: ["/.sandbox", "**/dist", "/coverage"],
  tempDirName: ".sandbox/mutation",
  reporters: ["progress-append-only", "clear-text", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: ".sandbox/mutation.json" },
};
