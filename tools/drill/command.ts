import { defineCommand } from "../cli/command.ts";
import { choice, flag, number, required, text, withDefault } from "../cli/parameter.ts";
import { CLIP } from "../local/command.ts";

export const drill = defineCommand({
  description: [
    "Brings the stack `local` up, takes one of its regions out while jobs run, brings it back, and reports what became of every job.",
  ],
  arguments: {
    name: required(choice(["region-outage"], { meaning: "which drill to run" })),
    clip: CLIP,
  },
  options: {
    region: text({
      placeholder: "REGION",
      meaning: "the region that goes out; by default the stack's second",
    }),
    jobs: withDefault(
      number({ meaning: "jobs before the outage; some more follow it", min: 4, max: 40, whole: true }),
      6,
    ),
    seconds: withDefault(
      number({
        ...{ meaning: "seconds that the outage lasts at least", min: 5, max: 600, whole: true },
      }),
      30,
    ),
    kubernetes: flag({ meaning: "real Kubernetes API servers, one in each region" }),
  },
  examples: [
    ["region-outage", "take the stack's second region out for half a minute"],
    ["region-outage --region us-east1 --seconds 120", "a named region, for two minutes"],
  ],
  exits: {
    0: "every job succeeded and both regions work",
    1: "a job was lost, a region did not come back, or something on this computer has to be fixed first",
    2: "the command line is wrong; nothing was done",
  },
  docs: "docs/concepts/failover.md",
  run: async ({ clip, region, jobs, seconds, kubernetes }, { report }) => {
    const [{ regionOutage }, { directories: places }] = await Promise.all([
      import("./region-outage.ts"),
      import("../cli/directories.ts"),
    ]);
    return regionOutage(
      {
        ...{ region, jobs, seconds, clip: clip ?? places.defaultClip },
        kubernetes: kubernetes ? true : undefined,
      },
      report,
    );
  },
});
