import { describe, expect, test } from "vitest";
import { parseOptions, UsageError } from "../../../../tools/policy/options.ts";

describe("the command line of npm run policy", () => {
  test("takes a state or a stack, a format, and where to write", () => {
    expect(
      parseOptions(["state.json", "--format", "sarif", "--config", "c.json", "--output", "o.sarif"]),
    ).toEqual({
      target: "state.json",
      format: "sarif",
      config: "c.json",
      environment: undefined,
      pack: undefined,
      output: "o.sarif",
    });
  });

  test("shows a table unless told otherwise", () => {
    expect(parseOptions(["prod"])).toMatchObject({ target: "prod", format: "table" });
  });

  test("asks for help", () => {
    expect(parseOptions(["--help"])).toBeUndefined();
  });

  test.each([
    [[], "name a state file or a stack"],
    [
      ["a", "b", "--format", "pdf"],
      "one state file or stack at a time; given also b\n--format: given pdf; allowed: table, json, sarif, junit",
    ],
    [
      ["a", "--environment", "moon", "--config", "c.json"],
      "--config or --environment: one of them says how the policies are configured\n--environment: given moon; allowed: archive, dev, local, prod, prod-eu, staging",
    ],
    [["a", "--nonsense"], "Unknown option '--nonsense'"],
  ])("refuses %j with all that is wrong", (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
    expect(() => parseOptions(argv)).toThrow(message);
  });
});
