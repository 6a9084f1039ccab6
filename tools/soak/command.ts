import { defineCommand } from "../cli/command.ts";
import { runProgram } from "../cli/child.ts";
import { choice, number, withDefault } from "../cli/parameter.ts";

export const soak = defineCommand({
  description: [
    "jobs: many short jobs while coordinators and workers are killed at random and the store fails. Fails when a job is lost, done twice, or leaves something behind.",
    "memory: thousands of short jobs through one coordinator. Fails when its heap grows with the number of jobs.",
  ],
  arguments: {
    name: withDefault(choice(["jobs", "memory"], { meaning: "what to run" }), "jobs"),
  },
  options: {
    jobs: number({
      meaning: "jobs to run; by default SOAK_JOBS, else 500, and 3000 for memory",
      min: 1,
      max: 100_000,
      whole: true,
    }),
    workers: number({
      meaning: "workers, for jobs alone; by default SOAK_WORKERS, else 20",
      min: 1,
      max: 200,
      whole: true,
    }),
    lanes: number({
      meaning: "jobs at once, for memory alone; by default SOAK_LANES, else 8",
      min: 1,
      max: 100,
      whole: true,
    }),
    minutes: number({
      meaning: "minutes at most; by default SOAK_MINUTES, else 15, and 8 for memory",
      min: 1,
      max: 1440,
    }),
  },
  examples: [
    ["", "500 jobs, 20 workers, 15 minutes at most"],
    ["memory --jobs 3000", "whether a coordinator leaks"],
  ],
  exits: {
    0: "every job succeeded exactly once and nothing was left behind, or the heap did not grow",
    1: "something was lost, done twice or left behind, or the heap grew",
    2: "the command line is wrong; nothing was run",
  },
  docs: "docs/performance.md",
  check: ({ name, workers, lanes }) => [
    ...(name === "memory" && workers !== undefined
      ? ["--workers: memory has no workers. Leave it out."]
      : []),
    ...(name === "jobs" && lanes !== undefined ? ["--lanes: only memory has lanes. Leave it out."] : []),
  ],
  run: async ({ name, jobs, workers, lanes, minutes }) =>
    runProgram(new URL(name === "jobs" ? "main.ts" : "memory.ts", import.meta.url), [], {
      ...(jobs !== undefined && { SOAK_JOBS: String(jobs) }),
      ...(workers !== undefined && { SOAK_WORKERS: String(workers) }),
      ...(lanes !== undefined && { SOAK_LANES: String(lanes) }),
      ...(minutes !== undefined && { SOAK_MINUTES: String(minutes) }),
    }),
});
