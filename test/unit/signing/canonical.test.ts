import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalHeaders, canonicalQuery } from "../../../services/signing/index.ts";

const names = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
  .filter((text) => !/\p{Cs}/u.test(text));
const dictionary = fc.dictionary(names, names, { maxKeys: 12 });

describe("a canonical query", () => {
  it("holds every parameter, readable by a URL parser", () => {
    fc.assert(
      fc.property(dictionary, (parameters) => {
        const parsed = [...new URLSearchParams(canonicalQuery(parameters))];
        expect(new Map(parsed)).toEqual(new Map(Object.entries(parameters)));
      }),
    );
  });

  it("is sorted by the code points of the encoded names", () => {
    fc.assert(
      fc.property(dictionary, (parameters) => {
        const encoded = canonicalQuery(parameters)
          .split("&")
          .map((parameter) => Buffer.from(parameter.split("=")[0] ?? ""));
        expect(encoded).toEqual([...encoded].sort((a, b) => Buffer.compare(a, b)));
      }),
    );
  });

  it("sorts capitals before small letters and a name before its extensions", () => {
    expect(canonicalQuery({ b: "", "a-b": "", a: "", Z: "" })).toBe("Z=&a=&a-b=&b=");
  });

  it("leaves only unreserved characters unencoded", () => {
    fc.assert(
      fc.property(dictionary, (parameters) => {
        expect(canonicalQuery(parameters)).toMatch(/^(?:(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*=?&?)*$/);
      }),
    );
  });
});

describe("canonical headers", () => {
  it("are sorted by code point, where a locale would put - and _ elsewhere", () => {
    const headers = { x_b: "1", "x-c": "2", "X-A": "3", xa: "4" };
    expect(canonicalHeaders(headers).map(([name]) => name)).toEqual(["x-a", "x-c", "x_b", "xa"]);
  });

  it("have one space for each run of white space and none at the ends", () => {
    expect(canonicalHeaders({ note: " \t a \t\t b  c " })).toEqual([["note", "a b c"]]);
  });
});
