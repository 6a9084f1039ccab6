import { defineCommand } from "../cli/command.ts";
import { stackName } from "../cli/stack.ts";
import { OPTIONS, type Share } from "./parameters.ts";

/** Without any of these there is nothing in the bucket. */
const VOLUMES = [
  "stored-tb",
  "stored-tib",
  "ingest-tb-month",
  "ingest-tib-month",
  "migrate-from-s3-tb",
] as const;

export const cost = defineCommand({
  description: [
    "Estimates what the bucket of a stack costs, from stacks/Pulumi.STACK.yaml and list prices: prints it, and writes an HTML report and a CSV file. Prices that are not verified, and those that stand in for others, are marked.",
  ],
  arguments: { stack: stackName() },
  options: OPTIONS,
  examples: [
    ["prod --ingest-tb-month 40 --stored-tb 900", "three years of the stack prod"],
    ["prod --stored-tb 900 --share mezzanines/=80 --share outputs/=20", "with most of it below one prefix"],
    ["--list-prices", "the prices that it uses"],
  ],
  exits: {
    0: "the report is written",
    1: "prices are missing, or the report could not be written",
    2: "the command line, the price file or the stack's configuration is wrong; nothing was written",
  },
  docs: "docs/concepts/archive-economics.md",
  check: (given) => [
    ...(given.stack === undefined && !given["list-prices"]
      ? ["STACK: is missing. Give the name of a stack that stacks/ configures, such as prod."]
      : []),
    ...(given.stack !== undefined && !given["list-prices"] && !VOLUMES.some((option) => given[option] > 0)
      ? [
          "STACK: no volume is given, so there is nothing to estimate. Give --stored-tb, --ingest-tb-month or --migrate-from-s3-tb.",
        ]
      : []),
    ...(given["ingest-tb-month"] > 0 && given["ingest-tib-month"] > 0
      ? ["--ingest-tb-month and --ingest-tib-month: both are given. Give one of them."]
      : []),
    ...(given["stored-tb"] > 0 && given["stored-tib"] > 0
      ? ["--stored-tb and --stored-tib: both are given. Give one of them."]
      : []),
    ...shareProblems(given.share),
  ],
  run: async (given) => (await import("./run.ts")).runCost(given),
});

function shareProblems(shares: readonly Share[]): string[] {
  const sum = shares.reduce((total, { part }) => total + part, 0);
  return sum > 1 + 1e-9 ? [`--share: ${Math.round(sum * 100)} percent in all. Give 100 at most.`] : [];
}
