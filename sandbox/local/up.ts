import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { JobRecord } from "../../services/protocol/index.ts";
import type { CloudAddress } from "../cloud/address.ts";
import { findEngine } from "../engine/index.ts";
import { findMediaTools } from "../media/index.ts";
import { defaultCacheDirectory, SetupError, type Report } from "../process/index.ts";
import { buildPubSub } from "../pubsub/index.ts";
import { startCloud, stopCloud } from "./cloud-process.ts";
import { openDeployment, type StackOutputs } from "./deploy.ts";
import { runJob, uploadClip } from "./job.ts";
import { startPhases } from "./phases.ts";
import { places } from "./places.ts";
import { signOutputs } from "./sign-outputs.ts";
import { bytes, renderSummary } from "./summary.ts";

/** A job whose record has not changed for so long is given up. */
const stallSeconds = 300;

export interface UpOptions {
  /** A video or audio file. @default the clip of the tests */
  readonly clip: string | undefined;
  /** Settings in place of those of the `local` stack, `mpegflow-gcs:KEY=VALUE` each: for this run only. */
  readonly config: readonly string[];
}

/**
 * `npm run local [-- --config mpegflow-gcs:KEY=VALUE CLIP]`: deploys the `local` stack to the local cloud and sends one clip through it.
 *
 * @returns the exit code: 0 when the job succeeded, 1 when it failed
 * @throws SetupError for whatever the user can mend
 */
export async function up({ clip, config }: UpOptions, report: Report, signal: AbortSignal): Promise<number> {
  const file = resolve(clip ?? places.defaultClip);
  const { size } = await describeClip(file);
  const phases = startPhases();

  const { engine, path } = await phases.run("tools", async () => {
    const media = await findMediaTools({ report });
    const found = await findEngine({ report, sandboxDirectory: places.sandbox });
    await buildPubSub(defaultCacheDirectory(), report);
    report(`Pulumi ${found.cli.version}, Node.js ${process.versions.node}`);
    return {
      engine: found,
      path: [...new Set([dirname(media.ffmpeg.path), dirname(media.ffprobe.path)])].join(":"),
    };
  });
  const cloud = await phases.run("cloud", () => startCloud(path));
  report(`local cloud: storage at ${cloud.storage.url}, Pub/Sub at ${cloud.pubsub.host}`);

  const effects = { MPEGFLOW_SANDBOX_CLOUD: places.cloudAddress };
  const deployment = await openDeployment(engine, "local", effects);
  await phases.run("preview and update", () => deployment.update(config));
  const outputs = await deployment.outputs();

  const id = jobId(new Date());
  const input = await phases.run("upload", () =>
    uploadClip(cloud, outputs.bucketName, file, `mezzanines/${id}/${basename(file)}`),
  );
  report(`uploaded ${basename(file)}, ${bytes(size)} → ${input}`);
  const { record, event } = await phases.run("job", () =>
    runJob(
      cloud,
      {
        bucket: outputs.bucketName,
        jobsTopic: outputs.jobsTopic,
        jobEventsTopic: outputs.jobEventsTopic,
        coordinator: () => coordinatorUrl(cloud, outputs),
      },
      {
        id,
        input,
        outputPrefix: `gs://${outputs.bucketName}/outputs/${id}/`,
        labels: { source: "npm-run-local" },
      },
      { stallSeconds, signal, onProgress: progressReporter(report) },
    ),
  );
  const urls = await signOutputs(cloud, outputs, record);
  process.stdout.write(`\n${renderSummary({ record, event, urls, phases: phases.times() })}\n\n`);
  if (record.state === "succeeded") {
    report("The stack stays up, so that the URLs open. `npm run local:down` removes it.");
    return 0;
  }
  await stopCloud();
  report(
    "The job failed; the local cloud is stopped. `npm run local` starts it again, `npm run local:down` removes the stack.",
  );
  return 1;
}

async function describeClip(file: string): Promise<{ size: number }> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined)
    throw new SetupError(`There is no file ${file}: give the path of a video or audio file.`);
  if (!found.isFile()) throw new SetupError(`${file} is no file: give the path of a video or audio file.`);
  return { size: found.size };
}

/** Sorts by time, and is unlikely to be anybody else's. */
function jobId(now: Date): string {
  return `local-${now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${randomBytes(2).toString("hex")}`;
}

function progressReporter(report: Report): (record: JobRecord) => void {
  let last = { state: "", attempt: 0, tens: -1 };
  return ({ state, attempt, percentDone, worker }) => {
    const tens = Math.floor(percentDone / 10);
    const place = worker === undefined ? "" : ` on ${worker.id} in ${worker.region}`;
    const kind = state === last.state && attempt === last.attempt ? "progress" : "step";
    if (kind === "step" || tens !== last.tens) {
      report(
        `job ${state}${attempt > 0 ? `, attempt ${attempt}` : ""}${place}, ${Math.floor(percentDone)} %`,
        kind,
      );
    }
    last = { state, attempt, tens };
  };
}

/** Where the first region's coordinator answers on this machine. */
async function coordinatorUrl(cloud: CloudAddress, outputs: StackOutputs): Promise<string> {
  const [region, service] = Object.entries(outputs.coordinatorServices)[0] ?? ["", ""];
  const url = `${cloud.url}/clusters/${region}/objects/v1/Service/${service}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${cloud.token}` } });
  const { status } = (await response.json()) as { status?: { address?: string } };
  if (status?.address === undefined) throw new Error(`the coordinator of ${region} has no address`);
  return `http://${status.address}`;
}
