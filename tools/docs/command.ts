import { defineCommand } from "../cli/command.ts";

const exits = {
  0: "the pages are written",
  1: "a page could not be made or written",
  2: "the command line is wrong; nothing was written",
};

export const docs = defineCommand({
  description: [
    "Writes docs/configuration.md, docs/architecture.svg and the pages below docs/reference/ from the code that they describe. Tests hold them in step.",
  ],
  arguments: {},
  options: {},
  examples: [["", "after a change of settings, policies, components or commands"]],
  exits,
  docs: "docs/README.md",
  run: async () => {
    const { writeReference } = await import("./write.ts");
    await writeReference();
    return 0;
  },
});

export const docsHttp = defineCommand({
  description: [
    "Writes docs/http-api.md from the schemas by which the coordinator checks requests. A test holds it in step.",
  ],
  arguments: {},
  options: {},
  examples: [["", "after a change of the coordinator's routes"]],
  exits,
  docs: "docs/http-api.md",
  run: async () => {
    const { writeHttpApi } = await import("./write.ts");
    await writeHttpApi();
    return 0;
  },
});
