import fc from "fast-check";
import { expect, test } from "vitest";
import { sorted } from "../../../components/validation/index.ts";

test("a list in one order is the same whichever way its elements were written", () => {
  fc.assert(
    fc.property(
      fc
        .array(fc.string())
        .chain((items) =>
          fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
        ),
      ([items, moved]) => {
        const before = [...items];
        expect(sorted(moved)).toEqual(sorted(items));
        expect(items).toEqual(before);
      },
    ),
  );
});

test("what is no text is told apart by what the caller says", () => {
  expect(sorted([{ name: "b" }, { name: "a" }], ({ name }) => name)).toEqual([{ name: "a" }, { name: "b" }]);
});
