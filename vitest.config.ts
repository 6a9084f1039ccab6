import { defineConfig } from "vitest/config";

/** The slow suites start real engines, clouds and encoders: one file at a time, after the quick ones. */
const slow = (name: string, groupOrder: number) => ({
  name,
  include: [`test/${name}/**/*.test.ts`],
  testTimeout: 300_000,
  hookTimeout: 900_000,
  maxWorkers: 1,
  sequence: { groupOrder },
});

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], sequence: { groupOrder: 0 } } },
      { test: slow("engine", 1) },
      { test: slow("end-to-end", 2) },
    ],
  },
});
