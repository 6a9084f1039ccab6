import { defineCommand } from "../cli/command.ts";
import { optional, required, text, type Reading } from "../cli/parameter.ts";
import { engineOptionProblems } from "./engine-options.ts";
import { findTarget, type PreviewTarget } from "./target.ts";

export const preview = defineCommand({
  description: [
    "Shows what `pulumi up` would do in an empty project, judged by the policy pack, with the real Pulumi engine and without a cloud account. Options that are not listed here go to `pulumi preview`, such as --diff.",
  ],
  arguments: {
    target: required(
      optional(
        { of: "input", format: "directory" },
        {
          placeholder: "TARGET",
          meaning:
            "a stack of this project, such as prod, or the directory of another Pulumi project, such as examples/refused-stack",
        },
        (given): Reading<string> => ({ value: given }),
      ),
    ),
    stack: text({
      placeholder: "STACK",
      meaning:
        "the stack of another project; by default the one that it configures, or dev where it configures none",
    }),
  },
  options: {},
  handsOn: "pulumi preview",
  examples: [
    ["prod", "the stack prod of this project"],
    ["prod --diff", "the same, with every property"],
    ["examples/refused-stack", "another project, whose only stack it is"],
    ["../my-stack staging", "one of several stacks of another project"],
  ],
  exits: {
    0: "the preview succeeded and no mandatory policy was violated",
    1: "the program failed, or a mandatory policy was violated",
    2: "the command line is wrong; nothing was done",
  },
  docs: "docs/getting-started.md",
  check: ({ target, stack }, rest) => {
    const found = findTarget(target, stack);
    return [...("wrong" in found ? [found.wrong] : []), ...engineOptionProblems(rest)];
  },
  run: async ({ target, stack }, { report, rest }) => {
    const found: PreviewTarget | { wrong: string } = findTarget(target, stack);
    if ("wrong" in found) throw new Error(found.wrong);
    const { preview: run } = await import("./preview.ts");
    await run(found, rest, report);
    return 0;
  },
});
