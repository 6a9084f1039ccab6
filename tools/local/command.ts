import { defineCommand } from "../cli/command.ts";
import { mediaFile } from "../cli/files.ts";
import { flag, number, repeatable, text, withDefault } from "../cli/parameter.ts";

export const CLIP = mediaFile({
  meaning: "a video or audio file to encode; by default the clip of the tests",
  wanted: "the path of a video or audio file",
});

const interrupted =
  "interrupted by Ctrl-C before the jobs had ended; what this run had brought up was destroyed";

export const local = defineCommand({
  description: [
    "Deploys the stack `local` with the real Pulumi engine to a local cloud, encodes a clip by real workers, and prints signed URLs of the outputs. Needs no cloud account. The stack stays up until `local:down`; where a job fails, the local cloud is stopped unless it was up before.",
  ],
  arguments: { clip: CLIP },
  options: {
    jobs: withDefault(
      number({ meaning: "jobs at once, each encoding the clip", min: 1, max: 100, whole: true }),
      1,
    ),
    profile: text({
      placeholder: "NAME",
      meaning: "encoding profile, such as cmaf-h264; by default the coordinator's, hls-h264",
      rule: {
        pattern: /^[a-z0-9][a-z0-9-]{0,62}$/,
        allowed: "the name of a profile, such as cmaf-h264",
      },
    }),
    config: repeatable(
      text({
        placeholder: "NAME:KEY=VALUE",
        meaning: "another setting for this run, such as mpegflow-gcs:signer=SIGN_BLOB",
        rule: { pattern: /^[^=:]+:[^=]+=/, allowed: "NAME:KEY=VALUE, such as mpegflow-gcs:signer=SIGN_BLOB" },
      }),
    ),
    kubernetes: flag({ meaning: "real Kubernetes API servers, one in each region" }),
    open: flag({ meaning: "serve a page with graph, buckets, jobs, events and a player until Ctrl-C" }),
    json: flag({ meaning: "one JSON object a line on stdout, and nothing else there" }),
  },
  examples: [
    ["", "encode the clip of the tests"],
    ["film.mov --jobs 4 --open", "encode a file four times at once and show a page"],
    ["--config mpegflow-gcs:signer=SIGN_BLOB --json", "another setting, and output for a program"],
  ],
  exits: {
    0: "all jobs succeeded",
    1: "a job failed, or something on this computer has to be fixed first",
    2: "the command line is wrong; nothing was done",
    130: interrupted,
  },
  docs: "docs/local.md",
  refused: async (problems, { options }) => {
    if ((options.get("json") ?? []).length === 0) return;
    const { tellFailure } = await import("./run.ts");
    tellFailure(problems.join("\n"));
  },
  run: async (given, { report }) => (await import("./run.ts")).runLocal(given, report),
});

export const localDown = defineCommand({
  description: [
    "Destroys the stack `local`, stops the local cloud and deletes what it kept below .sandbox/cloud.",
  ],
  arguments: {},
  options: {},
  examples: [["", "remove what `npm run local` left up"]],
  exits: {
    0: "nothing is up any more",
    1: "the stack could not be destroyed",
    2: "the command line is wrong; nothing was done",
  },
  docs: "docs/local.md",
  run: async (_given, { report }) => {
    const { down } = await import("./down.ts");
    await down(report);
    return 0;
  },
});
