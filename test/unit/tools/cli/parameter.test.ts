import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../../tools/commands.ts";
import {
  choice,
  flag,
  number,
  quoted,
  repeatable,
  required,
  text,
  withDefault,
} from "../../../../tools/cli/parameter.ts";

const parameters = (
  await Promise.all(
    Object.entries(COMMANDS).map(async ([command, { load }]) => {
      const { options, arguments: positional } = await load();
      return Object.entries({ ...options, ...positional }).map(([name, parameter]) => ({
        ...{ name: `${command} ${name}`, parameter },
      }));
    }),
  )
).flat();

it.each(parameters)(
  "$name takes or refuses any text in one line, and throws at none",
  async ({ parameter }) => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("", "\0", "a\nb", "../..", "1", "x=1"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { maxLength: 3 }), async (given) => {
        const reading = await parameter.read(given);
        expect("wrong" in reading ? reading.wrong : "read").toMatch(/^[^\n]+$/);
      }),
      { numRuns: 30 },
    );
  },
);

describe("a number", () => {
  const size = number({ meaning: "m", min: 0.5, max: 20 });

  it("is what is within its bounds, written as a decimal", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: -100, max: 100, noNaN: true }), async (value) => {
        const shown = value.toFixed(3);
        const isWithin = Number(shown) >= 0.5 && Number(shown) <= 20;
        const reading = await size.read([shown]);
        expect(reading).toEqual(
          isWithin ? { value: Number(shown) } : { wrong: `"${shown}" is not a number from 0.5 to 20` },
        );
      }),
    );
  });

  it("may have to be whole", async () => {
    const whole = number({ meaning: "m", min: 1, max: 20, whole: true });
    expect(await whole.read(["2.5"])).toEqual({ wrong: '"2.5" is not a whole number from 1 to 20' });
    expect(await whole.read(["2"])).toEqual({ value: 2 });
  });
});

describe("a value that is left out", () => {
  it.each([
    ["is nothing where it may be", text({ meaning: "m" }), { value: undefined }],
    [
      "is the default where there is one",
      withDefault(number({ meaning: "m", min: 1, max: 9 }), 3),
      { value: 3 },
    ],
    [
      "is missing where it is required",
      required(text({ meaning: "a name" })),
      { wrong: "is missing. Give a name" },
    ],
    ["is no value of several", repeatable(text({ meaning: "m" })), { value: [] }],
    ["is off where it is a flag", flag({ meaning: "m" }), { value: false }],
  ])("%s", async (_, parameter, reading) => {
    expect(await parameter.read([])).toEqual(reading);
  });
});

it("several values of one option are all read, and all refused at once", async () => {
  const names = repeatable(choice(["one", "two"], { meaning: "m" }));
  expect(await names.read(["one", "two", "one"])).toEqual({ value: ["one", "two", "one"] });
  expect(await names.read(["three", "one", "tow"])).toEqual({
    wrong: '"three" is not one of one, two; "tow" is not one of one, two. Did you mean two?',
  });
});

it("what a user gave is quoted on one short line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 500 }), (given) => {
      expect(quoted(given)).toMatch(/^"[^\n]{0,120}"$/);
    }),
  );
});
