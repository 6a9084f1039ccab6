import { parseArgs } from "node:util";
import { SetupError } from "../../sandbox/process/index.ts";

export interface UpOptions {
  /** A video or audio file. @default the clip of the tests */
  readonly clip: string | undefined;
  /** Settings in place of those of the `local` stack, `mpegflow-gcs:KEY=VALUE` each: for this run only. */
  readonly config: readonly string[];
  /** Real Kubernetes API servers, in place of the default stand-in for clusters. */
  readonly kubernetes: boolean;
  /** Jobs at once, each encoding the clip. */
  readonly jobs: number;
  /** Encoding profile of the jobs; undefined leaves it to the coordinator. */
  readonly profile: string | undefined;
  /** One JSON object a line on stdout, and nothing else. */
  readonly json: boolean;
  /** Serve the page until interrupted. */
  readonly open: boolean;
}

const mostJobs = 100;

export const usage = `npm run local -- [options] [CLIP]
  --jobs N                  encode the clip N times at once, 1 to ${mostJobs} (default 1)
  --profile NAME            encoding profile, e.g. cmaf-h264 (default hls-h264)
  --config NAME:KEY=VALUE   another setting for this run, e.g. mpegflow-gcs:signer=SIGN_BLOB; may be repeated
  --kubernetes              real Kubernetes API servers, one in each region
  --open                    serve a page with graph, buckets, jobs, events and a player until Ctrl-C
  --json                    one JSON object a line on stdout (docs/local.md)`;

/** @throws SetupError naming everything that is wrong */
export function upOptions(given: readonly string[]): UpOptions {
  const { values, positionals } = parsed(given);
  const jobs = Number(values.jobs ?? "1");
  const wrong = [
    ...(Number.isInteger(jobs) && jobs >= 1 && jobs <= mostJobs
      ? []
      : [`--jobs is ${JSON.stringify(values.jobs)}: give a whole number from 1 to ${mostJobs}`]),
    ...(positionals.length > 1
      ? [`there are ${positionals.length} files (${positionals.join(", ")}): give one clip`]
      : []),
    ...(values.profile !== undefined && !/^[a-z0-9][a-z0-9-]{0,62}$/.test(values.profile)
      ? [`--profile is ${JSON.stringify(values.profile)}: give the name of a profile, e.g. cmaf-h264`]
      : []),
    ...(values.config ?? [])
      .filter((one) => !/^[^=:]+:[^=]+=/.test(one))
      .map((one) => `--config is ${JSON.stringify(one)}: give NAME:KEY=VALUE`),
  ];
  if (wrong.length > 0) throw new SetupError(`${wrong.join("\n")}\n${usage}`);
  return {
    ...{ clip: positionals[0], config: values.config ?? [], jobs, profile: values.profile },
    ...{ json: values.json ?? false, open: values.open ?? false, kubernetes: values.kubernetes ?? false },
  };
}

function parsed(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        config: { type: "string", multiple: true },
        jobs: { type: "string" },
        profile: { type: "string" },
        kubernetes: { type: "boolean" },
        json: { type: "boolean" },
        open: { type: "boolean" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
