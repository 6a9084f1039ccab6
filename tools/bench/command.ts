import { defineCommand } from "../cli/command.ts";
import { runProgram } from "../cli/child.ts";
import { choice, number, required } from "../cli/parameter.ts";

type Measure = "rounds" | "mebibytes" | "seconds";
interface Bench {
  /** What it measures and its target. */
  readonly meaning: string;
  /** The options that it takes, in the order of its program's arguments. */
  readonly takes: readonly Measure[];
}

/** Every bench, by the name of its program. */
export const BENCHES = {
  preview: {
    meaning: "a preview of prod against the same resources declared flat, at most 1.5",
    takes: ["rounds"],
  },
  policy: { meaning: "a preview with the policy pack against one without, at most 1.3", takes: ["rounds"] },
  signing: {
    meaning: "signing with an HMAC key against other libraries, at least 10 times as fast",
    takes: ["rounds"],
  },
  urls: { meaning: "answering for 100 URLs against a bare HTTP server, at least 0.6", takes: ["rounds"] },
  worker: {
    meaning: "a worker's job against the same ffmpeg alone, at most 1.05",
    takes: ["rounds", "seconds"],
  },
  memory: { meaning: "memory of the transfers of a large object, at most 150 MB", takes: ["mebibytes"] },
  "memory-whole": { meaning: "memory of a whole worker beside ffmpeg, at most 150 MB", takes: ["mebibytes"] },
} as const satisfies Record<string, Bench>;

const names = Object.keys(BENCHES) as (keyof typeof BENCHES)[];

export const bench = defineCommand({
  description: [
    "Measures one thing on this computer, prints it, and fails where its target is missed. Other work on the computer disturbs it.",
    ...names.map((name) => `${name}: ${BENCHES[name].meaning}.`),
  ],
  arguments: { name: required(choice(names, { meaning: "what to measure" })) },
  options: {
    rounds: number({
      meaning: "rounds of the benches of speed; by default 3 to 9, as each needs",
      min: 1,
      max: 1000,
      whole: true,
    }),
    seconds: number({
      meaning: "seconds of video that `worker` encodes; by default 60",
      min: 1,
      max: 3600,
      whole: true,
    }),
    mebibytes: number({
      meaning: "MiB (2^20 bytes) of the object of the benches of memory; by default 5120",
      min: 1,
      max: 1_048_576,
      whole: true,
    }),
  },
  examples: [
    ["preview", "what components cost a preview"],
    ["worker --rounds 3 --seconds 60", "a worker's job, three times"],
  ],
  exits: {
    0: "the target is met",
    1: "the target is missed, or the measurement failed",
    2: "the command line is wrong; nothing was measured",
  },
  docs: "docs/performance.md",
  check: ({ name, ...given }) => {
    const takes: readonly Measure[] = BENCHES[name].takes;
    return (["rounds", "seconds", "mebibytes"] as const).flatMap((measure) => {
      if (given[measure] === undefined || takes.includes(measure)) return [];
      return [
        `--${measure}: the bench ${name} takes no such option. It takes ${takes.map((one) => `--${one}`).join(", ")}.`,
      ];
    });
  },
  run: async ({ name, ...given }) => {
    const takes: readonly Measure[] = BENCHES[name].takes;
    const [first, second] = takes.map((measure) => given[measure]);
    // An omitted argument before a given one is replaced by the program's default.
    const args = second === undefined ? [first] : [first ?? DEFAULT_ROUNDS, second];
    return runProgram(
      new URL(`${name}.ts`, import.meta.url),
      args.flatMap((one) => (one === undefined ? [] : [String(one)])),
    );
  },
});

/** Of the only bench with two arguments, `worker`. */
const DEFAULT_ROUNDS = 3;
