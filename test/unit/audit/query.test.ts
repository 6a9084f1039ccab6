import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  all,
  any,
  equals,
  exists,
  inNetwork,
  literally,
  matches,
  not,
} from "../../../components/audit/query.ts";
import { matchesFilter } from "./logging-query.ts";

describe("Filter text", () => {
  test.each([
    [equals("a.b", "x"), 'a.b="x"'],
    [equals("a.b", "x", "y"), 'a.b=("x" OR "y")'],
    [equals("a.b", 7), "a.b=7"],
    [exists("a"), "a:*"],
    [matches("a", "^x$"), 'a=~"^x$"'],
    [inNetwork("a", "10.0.0.0/8"), 'ip_in_net(a, "10.0.0.0/8")'],
    [all("x=1", any("y=1", "z=1")), "(x=1 AND (y=1 OR z=1))"],
    [not("x=1"), "NOT (x=1)"],
    [any("x=1"), "x=1"],
  ])("%s", (text, expected) => {
    expect(text).toBe(expected);
  });

  test("is refused where it would say nothing, and so match everything", () => {
    expect(() => equals("a")).toThrow("no value for a");
    expect(() => any()).toThrow("nothing to join by OR");
  });
});

describe("A value cannot leave its quotes", () => {
  const anyText = fc.string({ unit: "binary" });

  test("whatever it holds, it is compared as it is and adds nothing to the filter", () => {
    fc.assert(
      fc.property(anyText, anyText, (value, other) => {
        const filter = all(equals("name", value), equals("kind", "bucket"));
        expect(matchesFilter(filter, { name: value, kind: "bucket" })).toBe(true);
        expect(matchesFilter(filter, { name: value, kind: "other" })).toBe(false);
        fc.pre(other.toLowerCase() !== value.toLowerCase());
        expect(matchesFilter(filter, { name: other, kind: "bucket" })).toBe(false);
      }),
    );
  });

  test("not even one that tries", () => {
    const filter = equals("name", 'x" OR name:* OR name="');
    expect(filter).toBe(String.raw`name="x\" OR name:* OR name=\""`);
    expect(matchesFilter(filter, { name: "another" })).toBe(false);
  });

  test("nor be more than itself in a regular expression", () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const filter = matches("name", `^${literally(value)}$`);
        expect(matchesFilter(filter, { name: value })).toBe(true);
        expect(matchesFilter(filter, { name: `${value}x` })).toBe(false);
      }),
    );
  });
});
