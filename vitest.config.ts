import { defineConfig } from "vitest/config";

const slow = { testTimeout: 120_000, hookTimeout: 900_000, pool: "forks", fileParallelism: false } as const;

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      { test: { name: "engine", include: ["test/engine/**/*.test.ts"], ...slow } },
      { test: { name: "end-to-end", include: ["test/end-to-end/**/*.test.ts"], ...slow } },
    ],
  },
});
