import { parseArgs } from "node:util";
import { SetupError, type Report } from "../../sandbox/process/index.ts";
import { places } from "./places.ts";
import { regionOutage } from "./region-outage.ts";

/**
 * `npm run drill -- region-outage [--region REGION] [--jobs 6] [--seconds 30] [--kubernetes] [CLIP]`.
 *
 * @throws SetupError for an argument that there is not
 */
export async function drill(args: readonly string[], report: Report): Promise<number> {
  const { values, positionals } = parsed(args);
  const [name, clip] = positionals;
  if (name !== "region-outage")
    throw new SetupError(`There is no drill ${JSON.stringify(name ?? "")}; there is: region-outage.`);
  return await regionOutage(
    {
      region: values.region,
      jobs: whole("--jobs", values.jobs, 4, 40),
      seconds: whole("--seconds", values.seconds, 5, 600),
      kubernetes: values.kubernetes ? true : undefined,
      clip: clip ?? places.defaultClip,
    },
    report,
  );
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        region: { type: "string" },
        jobs: { type: "string", default: "6" },
        seconds: { type: "string", default: "30" },
        kubernetes: { type: "boolean" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most))
    throw new SetupError(`${name} is ${JSON.stringify(text)}: give a whole number from ${least} to ${most}.`);
  return value;
}
