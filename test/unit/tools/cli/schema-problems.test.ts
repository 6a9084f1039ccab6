import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schemaProblems } from "../../../../tools/cli/schema-problems.ts";
import { parseWorkload, workloadSchema } from "../../../../tools/profile/workload.ts";

function problemsOf(content: unknown): string[] {
  const parsed = workloadSchema.safeParse(content);
  if (parsed.success) return [];
  return schemaProblems(workloadSchema, parsed.error, content, "correct it").map(
    ({ path, given, allowed, fix }) => `${path} | ${given} | ${allowed} | ${fix}`,
  );
}

describe("what is wrong with a file", () => {
  test("names the key, the value, what is allowed and the fix, all at once", () => {
    expect(
      problemsOf({
        bucket: { names: "odd", hexDigits: 99, hierarchicalNamespace: "yes" },
        minutes: 1.5,
        jobs: [{ name: "", starts: [], outputs: "many" }],
      }),
    ).toEqual([
      'bucket.hierarchicalNamespace | "yes" | true or false | correct it',
      'bucket.names | "odd" | one of "sequential", "hashed", "random" | correct it',
      "bucket.hexDigits | 99 | a number, at most 8 | correct it",
      "minutes | 1.5 | a whole number | correct it",
      'jobs[0].name | "" | text that is not empty | correct it',
      "jobs[0].starts | [] | a list that is not empty | correct it",
      'jobs[0].outputs | "many" | a number | correct it',
    ]);
  });

  test("names the keys of that place, and the one that was probably meant", () => {
    expect(
      problemsOf({ bucket: { nams: "hashed" }, jobs: [{ name: "a", outputs: 1, starts: [{ minut: 1 }] }] }),
    ).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^bucket.nams \| a key that does not exist \| .*names.* \| rename it to names, or remove it$/,
        ),
        "jobs[0].starts[0].minut | a key that does not exist | minute, perMinute | rename it to minute, or remove it",
      ]),
    );
  });

  test("is said in words of our own, whatever the file holds", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ bucket: fc.jsonValue(), jobs: fc.jsonValue() })),
        (content) => {
          const parsed = parseWorkload(content);
          if ("workload" in parsed) return;
          expect(parsed.problems.length).toBeGreaterThan(0);
          for (const { allowed } of parsed.problems)
            expect(allowed).not.toMatch(/Invalid|expected|Unrecognized|Too /);
        },
      ),
      { numRuns: 200 },
    );
  });
});
