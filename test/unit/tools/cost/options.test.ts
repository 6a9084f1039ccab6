import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeProblem } from "../../../../components/validation/index.ts";
import { help, OPTIONS, parseOptions, type Options } from "../../../../tools/cost/options.ts";

function good(...args: string[]): Options {
  const parsed = parseOptions(args);
  if (!("options" in parsed)) throw new Error(JSON.stringify(parsed));
  return parsed.options;
}
function problems(...args: string[]): string[] {
  const parsed = parseOptions(args);
  return "problems" in parsed ? parsed.problems.map(describeProblem) : [];
}

describe("amounts", () => {
  test("in TB are decimal: 1.073741824 TB are 1,000 GiB", () => {
    expect(good("prod", "--stored-tb", "1.073741824").storedGib).toBeCloseTo(1000, 9);
  });

  test("in TiB are binary: 1 TiB is 1,024 GiB", () => {
    expect(good("prod", "--ingest-tib-month=1").ingestGibMonth).toBe(1024);
  });

  test("are given in one unit, not in both", () => {
    expect(problems("prod", "--stored-tb", "1", "--stored-tib", "1")).toEqual([
      "--stored-tib: given beside --stored-tb; allowed: one of the two. Fix: leave one out",
    ]);
  });
});

describe("a wrong command line", () => {
  test("is refused with every problem at once", () => {
    expect(problems("--ingest-tb", "40", "--months", "0", "--share", "x", "--object-mb")).toEqual([
      "--ingest-tb: given an option that does not exist; allowed: --ingest-tb-month. Fix: write --ingest-tb-month, or remove it",
      "--object-mb: given no value; allowed: --object-mb VALUE. Fix: give a value, or leave it out",
      '--months: given "0"; allowed: a whole number from 1 to 240. Fix: correct it',
      '--share: given "x"; allowed: PREFIX=PERCENT, such as mezzanines/=80. Fix: correct it',
      "STACK: given nothing; allowed: the name of one stack. Fix: for example: npm run cost -- prod --ingest-tb-month 40 --stored-tb 900",
    ]);
  });

  test.each(["-1", "ten", "1e3", "Infinity", "10000001"])("has no amount %s", (amount) => {
    expect(problems("prod", `--stored-tb=${amount}`)).toHaveLength(1);
  });

  test("has shares of no more than 100 percent in all", () => {
    expect(problems("prod", "--share", "a/=60", "--share", "b/=41")).toEqual([
      "--share: given 101 percent in all; allowed: up to 100. Fix: lower them",
    ]);
  });

  test("never makes the parser throw", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom("--months", "--stored-tb=1", "prod"))),
        (args) => {
          expect(Object.keys(parseOptions(args))).toHaveLength(1);
        },
      ),
    );
  });
});

test("--help names every option", () => {
  for (const name of Object.keys(OPTIONS)) expect(help()).toContain(`--${name}`);
  expect(parseOptions(["prod", "--help"])).toEqual({ ask: "help" });
});
