import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { InvalidArguments, problems, shown } from "../../../components/validation/index.ts";

const tooLong = { path: "name", given: '"abc"', allowed: "2 letters", fix: "shorten it" };

describe("problems", () => {
  test("none found throws nothing", () => {
    expect(() => {
      problems().throwIfAny('Thing "x"');
    }).not.toThrow();
  });

  test("all found are in one message, a part's below its owner", () => {
    const found = problems();
    found.add(tooLong);
    found.addAll([{ ...tooLong, because: "labels are short." }], "placement");
    expect(() => {
      found.throwIfAny('Thing "x"');
    }).toThrow(
      new InvalidArguments('Thing "x"', [
        tooLong,
        { ...tooLong, path: "placement.name", because: "labels are short." },
      ]),
    );
  });

  test("the message names path, given value, allowed values and fix", () => {
    expect(new InvalidArguments('Thing "x"', [tooLong]).message).toBe(
      'Thing "x": 1 problem.\n  - name: given "abc"; allowed: 2 letters. Fix: shorten it',
    );
  });

  test("Pulumi prints it without a stack trace", () => {
    const error = new InvalidArguments('Thing "x"', [tooLong]);
    expect(pulumi.ResourceError.isInstance(error) && error.hideStack).toBe(true);
  });
});

describe("shown", () => {
  test.each([
    ["text", '"text"'],
    [7, "7"],
    [Number.NaN, "NaN"],
    [true, "true"],
    [undefined, "nothing"],
    [null, "null"],
    [["a"], '["a"]'],
  ])("prints %j as %s", (value, text) => {
    expect(shown(value)).toBe(text);
  });

  test("shortens long values", () => {
    expect(shown("x".repeat(500))).toHaveLength(120);
  });
});
