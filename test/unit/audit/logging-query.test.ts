import { describe, expect, test } from "vitest";
import { matchesFilter } from "./logging-query.ts";

const entry = {
  severity: "ERROR",
  labels: { a: "1", b: "" },
  payload: { who: "Anna", code: 7, address: "10.1.2.3", grants: [{ may: "read" }, { may: "write" }] },
};

describe("The evaluator that judges the filters knows", () => {
  test.each<[filter: string, holds: boolean]>([
    // Equality ignores case.
    ['severity="error"', true],
    ['severity!="error"', false],
    ["payload.code=7", true],
    ['payload.who=("Bert" OR "anna")', true],
    // A missing field fails, whatever is asked of it, and NOT of a failure holds.
    ['payload.missing="x"', false],
    ['payload.missing!="x"', false],
    ['NOT payload.missing="x"', true],
    ["payload.who:*", true],
    ["payload.missing:*", false],
    // Parts and expressions; the latter mind case.
    ['payload.who:"NN"', true],
    ['payload.who=~"^An"', true],
    ['payload.who=~"^an"', false],
    // A text alone is looked for everywhere.
    ['"anna"', true],
    ['"bert"', false],
    // Of a repeated field any element may match.
    ['payload.grants.may="write"', true],
    // NOT before OR before AND: a AND (b OR c), where most languages say (a AND b) OR c.
    ['severity="INFO" AND severity="ERROR" OR severity="ERROR"', false],
    ['(severity="INFO" AND severity="ERROR") OR severity="ERROR"', true],
    ['NOT severity="INFO" OR severity="INFO"', true],
    ['ip_in_net(payload.address, "10.0.0.0/8")', true],
    ['ip_in_net(payload.address, "10.2.0.0/16")', false],
    ['ip_in_net(payload.who, "0.0.0.0/0")', false],
    ['ip_in_net(payload.missing, "0.0.0.0/0")', false],
    ['payload.who="An\\"na"', false],
  ])("%s", (filter, holds) => {
    expect(matchesFilter(filter, entry)).toBe(holds);
  });

  test.each([
    'severity="ERROR',
    "severity=",
    '(severity="x"',
    'severity="x" OR',
    'severity="x" severity="y"',
  ])("that this is no filter: %s", (filter) => {
    expect(() => matchesFilter(filter, entry)).toThrow(SyntaxError);
  });
});
