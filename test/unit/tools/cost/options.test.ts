import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cost } from "../../../../tools/cost/command.ts";
import { costOptions, type Options } from "../../../../tools/cost/options.ts";
import { givenBy, readCommandLine } from "../cli/world.ts";

async function good(stack: string, ...args: string[]): Promise<Options> {
  return costOptions(stack, await givenBy(cost, stack, ...args));
}
async function problems(...args: string[]): Promise<readonly string[]> {
  return (await readCommandLine(cost, ...args)).problems;
}

describe("amounts", () => {
  test("in TB are decimal: 1.073741824 TB are 1,000 GiB", async () => {
    expect((await good("prod", "--stored-tb", "1.073741824")).storedGib).toBeCloseTo(1000, 9);
  });

  test("in TiB are binary: 1 TiB is 1,024 GiB", async () => {
    expect((await good("prod", "--ingest-tib-month=1")).ingestGibMonth).toBe(1024);
  });

  test("are given in one unit, not in both", async () => {
    expect(await problems("prod", "--stored-tb", "1", "--stored-tib", "1")).toEqual([
      "--stored-tb and --stored-tib: both are given. Give one of them.",
    ]);
  });
});

describe("a wrong command line", () => {
  test("is refused with every problem at once", async () => {
    expect(
      await problems("prod", "--ingest-tb", "--months", "0", "--share", "x", "--object-mb", "--out", "d"),
    ).toEqual([
      "unknown option --ingest-tb. Did you mean --ingest-tb-month?",
      '--months: "0" is not a whole number from 1 to 240.',
      "--object-mb: has no value. Give N, or leave it out.",
      '--share: "x" is not PREFIX=PERCENT, such as mezzanines/=80.',
    ]);
    expect(await problems()).toEqual([
      "STACK: is missing. Give the name of a stack that stacks/ configures, such as prod.",
    ]);
  });

  test.each(["-1", "ten", "1e3", "Infinity", "10000001"])("has no amount %s", async (amount) => {
    expect(await problems("prod", `--stored-tb=${amount}`)).toHaveLength(1);
  });

  test("has a volume, or there is nothing to estimate", async () => {
    expect(await problems("prod", "--months", "12")).toEqual([
      "STACK: no volume is given, so there is nothing to estimate. Give --stored-tb, --ingest-tb-month or --migrate-from-s3-tb.",
    ]);
    expect(await problems("archive", "--migrate-from-s3-tb", "1000")).toEqual([]);
  });

  test("has shares of no more than 100 percent in all", async () => {
    expect(await problems("prod", "--stored-tb", "1", "--share", "a/=60", "--share", "b/=41")).toEqual([
      "--share: 101 percent in all. Give 100 at most.",
    ]);
  });

  test("never makes the parser throw", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string(), fc.constantFrom("--months", "--stored-tb=1", "prod"))),
        async (args) => {
          // Help is no command line to run, and ends parsing by an exception of its own.
          fc.pre(!args.some((arg) => arg === "--help" || arg === "-h"));
          const { problems, given } = await readCommandLine(cost, ...args);
          expect(problems.length > 0 || given !== undefined).toBe(true);
        },
      ),
    );
  });
});
