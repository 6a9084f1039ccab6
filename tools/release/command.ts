import { defineCommand } from "../cli/command.ts";
import { flag } from "../cli/parameter.ts";

export const release = defineCommand({
  description: [
    "Checks everything that must hold before a version is published, and reports what does not. Publishes nothing unless asked to.",
  ],
  arguments: {},
  options: {
    publish: flag({ meaning: "then publish with provenance; in CI only" }),
    "skip-tests": flag({ meaning: "leave lint, types and tests out; not together with --publish" }),
  },
  examples: [
    ["", "check everything"],
    ["--skip-tests", "check the package alone, which is quick"],
  ],
  exits: {
    0: "the version may be published, or is published",
    1: "something does not hold; nothing was published",
    2: "the command line is wrong; nothing was done",
  },
  docs: "docs/releasing.md",
  check: ({ publish, "skip-tests": skipTests }) =>
    publish && skipTests
      ? ["--publish and --skip-tests: what was not tested is not published. Leave one of them out."]
      : [],
  run: async ({ publish, "skip-tests": skipTests }) => {
    const { checkRelease } = await import("./check-release.ts");
    return checkRelease({ publish, skipTests });
  },
});
