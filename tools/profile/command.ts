import { defineCommand } from "../cli/command.ts";
import { outputDirectory, yamlFile } from "../cli/files.ts";
import { required, withDefault } from "../cli/parameter.ts";

export const profile = defineCommand({
  description: [
    "Simulates how a bucket takes a mix of jobs, says where the mix is above the rates that the bucket has scaled to and what to do about it, and writes a page with a plot.",
  ],
  arguments: {
    workload: required(
      yamlFile({
        placeholder: "WORKLOAD",
        meaning: "a YAML file that describes bucket and jobs, such as examples/rate-profile/workload.yaml",
        wanted: "bucket and jobs, such as examples/rate-profile/workload.yaml",
      }),
    ),
  },
  options: {
    out: withDefault(outputDirectory({ meaning: "directory of the page" }), ".", "the current one"),
  },
  examples: [["examples/rate-profile/workload.yaml --out .sandbox/profile", "an example with every key"]],
  exits: {
    0: "the page is written",
    1: "the page could not be written",
    2: "the command line or the workload is wrong; nothing was written",
  },
  docs: "docs/performance.md",
  run: async ({ workload, out }) => (await import("./run.ts")).runProfile(workload, out),
});
