import { describe, expect, it } from "vitest";
import { optionsConsumedByNpm } from "../../../../tools/cli/npm-options.ts";

const options = ["diff", "jobs", "list-prices", "json"];
const run = (environment: Record<string, string>, ...given: string[]) =>
  optionsConsumedByNpm("preview", options, new Set(given), {
    npm_lifecycle_event: "preview",
    ...environment,
  });

describe("an option without -- after npm run", () => {
  it("is missed where npm has taken it", () => {
    expect(run({ npm_config_diff: "true", npm_config_list_prices: "true" })).toEqual([
      expect.stringMatching(/^--diff: npm has taken it .* npm run preview -- --diff$/),
      expect.stringMatching(/^--list-prices: /),
    ]);
  });

  it("is not missed where it was given as well", () => {
    expect(run({ npm_config_diff: "true" }, "diff")).toEqual([]);
  });

  it("is not missed for what people set in an .npmrc, nor in a script of another name", () => {
    expect(run({ npm_config_json: "true" })).toEqual([]);
    expect(
      optionsConsumedByNpm("preview", options, new Set(), {
        npm_lifecycle_event: "test",
        npm_config_diff: "true",
      }),
    ).toEqual([]);
  });
});
