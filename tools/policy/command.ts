import { defineCommand } from "../cli/command.ts";
import { existingDirectory, jsonFile, outputFile } from "../cli/files.ts";
import { choice, optional, required, withDefault } from "../cli/parameter.ts";
import { environments } from "./environments.ts";
import { FORMATS } from "./format.ts";
import { readTarget } from "./target.ts";

export const policy = defineCommand({
  description: [
    "Judges the resources of a stack by the policy pack, without its program and without a cloud.",
    "A stack is looked for in your own backend where `pulumi` is on PATH, otherwise in .sandbox, where `npm run local` keeps its stack. A preview leaves no stack to judge; it runs the policies itself.",
  ],
  arguments: {
    target: required(
      optional(
        { of: "input", format: "json" },
        {
          placeholder: "TARGET",
          meaning:
            "a JSON file that `pulumi stack export` wrote, or the name of a stack of this directory's project",
        },
        readTarget,
      ),
    ),
  },
  options: {
    environment: choice(environments(), {
      meaning:
        "levels and settings of policy/environments/NAME.json; by default the stack's name, none for a file",
    }),
    format: withDefault(choice(FORMATS, { meaning: "form of the report" }), "table"),
    config: jsonFile({
      meaning: "JSON file that configures the policies, as `pulumi --policy-pack-config` takes it",
      wanted: "levels and settings by policy, such as policy/environments/prod.json",
    }),
    pack: existingDirectory({
      meaning: "another policy pack; by default this project's own",
      wanted: "the directory of a policy pack, which has a PulumiPolicy.yaml",
      has: "PulumiPolicy.yaml",
    }),
    output: outputFile({ meaning: "file for the report; by default it goes to stdout" }),
  },
  examples: [
    ["prod", "a stack, by policy/environments/prod.json"],
    ["state.json --environment prod", "an exported state"],
    ["state.json --format sarif --output policy.sarif", "a report for a code scanner"],
  ],
  exits: {
    0: "no mandatory policy is violated",
    1: "a mandatory policy is violated",
    2: "the command line is wrong, or the resources could not be judged, or there are none",
  },
  docs: "docs/reference/policies.md",
  check: ({ config, environment }) =>
    config !== undefined && environment !== undefined
      ? ["--config and --environment: both configure the policies. Give one of them."]
      : [],
  run: async (given, { report }) => {
    const { judge } = await import("./judge.ts");
    return judge({ ...given, config: given.config?.path }, report);
  },
});
