import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLog } from "../../../../services/logging/index.ts";
import { logEach } from "../../../../services/coordinator/signing/audit-log.ts";

function captured(level = "info") {
  const writes: string[] = [];
  const log = createLog(level, { service: "coordinator" }, { write: (text) => void writes.push(text) });
  const lines = () =>
    writes.flatMap((text) =>
      text
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    );
  return { log, writes, lines };
}

describe("a line for each of many values", () => {
  it("is the line that the logger itself writes, whatever the values, all in one write", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom('"', "\\", "\u0000each\u0000", "\ud800"),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.string(), (values, job) => {
        const [one, other] = [captured(), captured()];
        const child = one.log.child({ trace: "t" });
        logEach(
          child,
          { audit: "signed-request", job, ttlSeconds: 900 },
          "object",
          values,
          "signed a request",
        );
        for (const object of values)
          other.log
            .child({ trace: "t" })
            .info({ audit: "signed-request", job, ttlSeconds: 900, object }, "signed a request");
        const timeless = (list: Record<string, unknown>[]) => list.map((line) => ({ ...line, time: "" }));
        expect(timeless(one.lines())).toEqual(timeless(other.lines()));
        expect(one.writes).toHaveLength(1);
      }),
    );
  });

  it("is none below the level, and none without values", () => {
    const quiet = captured("error");
    logEach(quiet.log, {}, "object", ["a"], "m");
    const idle = captured();
    logEach(idle.log, {}, "object", [], "m");
    expect([quiet.writes, idle.writes]).toEqual([[], []]);
  });
});
