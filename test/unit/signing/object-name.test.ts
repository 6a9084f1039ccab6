import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { objectUnder, signUrlNow, SigningError } from "../../../services/signing/index.ts";

const refusal = (prefix: string, name: string): readonly string[] => {
  try {
    objectUnder(prefix, name);
    return [];
  } catch (error) {
    if (error instanceof SigningError) return error.problems;
    throw error;
  }
};

describe("a name below a prefix", () => {
  it("is joined to it", () => {
    expect(objectUnder("jobs/1/", "hls/a b.m4s")).toBe("jobs/1/hls/a b.m4s");
  });

  it.each([
    ["nothing", "jobs/1/", ""],
    ["the way up", "jobs/1/", "../2/x"],
    ["the way up in the middle", "jobs/1/", "a/../../2"],
    ["a single dot", "jobs/1/", "./x"],
    ["a leading slash", "jobs/1/", "/x"],
    ["a doubled slash", "jobs/1/", "a//b"],
    ["a closing slash", "jobs/1/", "a/"],
    ["a backslash", "jobs/1/", "..\\2"],
    ["a line break", "jobs/1/", "a\nb"],
    ["half a surrogate pair", "jobs/1/", "\ud800"],
    ["a prefix without its slash", "jobs/1", "x"],
    ["an empty prefix", "", "x"],
    ["too long a name", "jobs/1/", "é".repeat(512)],
  ])("is refused: %s", (_, prefix, name) => {
    expect(refusal(prefix, name)).not.toEqual([]);
  });

  it("never leaves it, whatever the name and however a client reads the URL", () => {
    const segment = fc.oneof(
      fc.constantFrom("..", ".", "", "%2e%2e", "..%2f", "\\", "a", "é", "%2F", "..;", "?", "#"),
      fc.string({ unit: "grapheme", maxLength: 4 }),
    );
    const name = fc.array(segment, { maxLength: 6 }).map((segments) => segments.join("/"));
    const key = { kind: "hmac", scheme: "GOOG4", accessId: "GOOG1EXAMPLE", secret: "s" } as const;
    fc.assert(
      fc.property(name, (given) => {
        if (refusal("jobs/1/", given).length > 0) return;
        const object = objectUnder("jobs/1/", given);
        const { url } = signUrlNow(key, {
          method: "PUT",
          bucket: "media",
          object,
          ttlSeconds: 1,
          at: new Date(0),
        });
        const sent = new URL(url).pathname;
        expect(sent.startsWith("/media/jobs/1/")).toBe(true);
        expect(decodeURIComponent(sent)).toBe(`/media/${object}`);
      }),
      { numRuns: 2000 },
    );
  });
});
