import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { JobRecord } from "../../services/protocol/index.ts";
import type { CloudAddress } from "../../sandbox/cloud/address.ts";
import { findEngine } from "../../sandbox/engine/index.ts";
import { kedaPrograms, kubernetesPrograms } from "../../sandbox/kubernetes/binaries/programs.ts";
import { findMediaTools } from "../../sandbox/media/index.ts";
import { defaultCacheDirectory, type Report } from "../../sandbox/process/index.ts";
import { buildPubSub } from "../../sandbox/pubsub/index.ts";
import { runningCloud, startCloud, stopCloud } from "./cloud-process.ts";
import { openDeployment, type StackOutputs } from "./deploy.ts";
import { runJobs, uploadClip, type JobEnd } from "./job.ts";
import { openPage } from "./page/open.ts";
import { startPhases } from "./phases.ts";
import { directories } from "../cli/directories.ts";
import type { Presenter } from "./presenter.ts";
import { signOutputs } from "./sign-outputs.ts";
import { bytes } from "./summary.ts";

/** A job whose record has not changed for so long is given up. */
const stallSeconds = 300;

export interface UpOptions {
  /** A video or audio file. @default the clip of the tests */
  readonly clip: string | undefined;
  /** Settings in place of those of the `local` stack, `mpegflow-gcs:KEY=VALUE` each: for this run only. */
  readonly config: readonly string[];
  /** Real Kubernetes API servers, in place of the default stand-in for clusters. */
  readonly kubernetes: boolean;
  /** Jobs at once, each encoding the clip, 1 to 100. */
  readonly jobs: number;
  /** Encoding profile of the jobs; undefined leaves it to the coordinator. */
  readonly profile: string | undefined;
  /** One JSON object a line on stdout, and nothing else. */
  readonly json: boolean;
  /** Serve the page until interrupted. */
  readonly open: boolean;
}

export interface Showing {
  /** Told what takes long. */
  readonly report: Report;
  readonly presenter: Presenter;
}

/**
 * `npm run local`: deploys the `local` stack to the local cloud and sends one clip through it, as often as asked for.
 *
 * @param signal aborted to end what goes on: before the jobs have ended, the run fails; after that, the page ends
 * @returns the exit code: 0 when all jobs succeeded, 1 when one failed
 * @throws SetupError for whatever the user can mend
 */
export async function up(options: UpOptions, showing: Showing, signal: AbortSignal): Promise<number> {
  const { report, presenter } = showing;
  const file = resolve(options.clip ?? directories.defaultClip);
  const { size } = await stat(file);
  const phases = startPhases(presenter.phase);
  const wasUp = runningCloud() !== undefined;

  const { engine, path } = await phases.run("tools", async () => {
    const media = await findMediaTools({ report });
    const found = await findEngine({ report, sandboxDirectory: directories.sandbox });
    await buildPubSub(defaultCacheDirectory(), report);
    if (options.kubernetes) {
      await kubernetesPrograms(defaultCacheDirectory(), report);
      await kedaPrograms(defaultCacheDirectory(), report);
    }
    report(`Pulumi ${found.cli.version}, Node.js ${process.versions.node}`);
    return {
      engine: found,
      path: [...new Set([dirname(media.ffmpeg.path), dirname(media.ffprobe.path)])].join(":"),
    };
  });
  const cloud = await phases.run("cloud", () => startCloud(path, options.kubernetes));
  report(`local cloud: storage at ${cloud.storage.url}, Pub/Sub at ${cloud.pubsub.host}`);

  const effects = { MPEGFLOW_SANDBOX_CLOUD: directories.cloudAddress };
  const deployment = await openDeployment(engine, "local", {
    effects,
    shownOn: options.json ? "stderr" : "stdout",
  });
  await phases.run("preview and update", () => deployment.update(options.config));
  const outputs = await deployment.outputs();
  const resources = await deployment.resources();
  presenter.resources("local", resources);
  const page = options.open ? await openPage(cloud, outputs, "local", resources) : undefined;
  try {
    if (page) presenter.page(page.url);
    const upload = { file, size, count: options.jobs, profile: options.profile };
    const ends = await phases.run("jobs", () => sendThrough(cloud, outputs, upload, showing, signal));
    const signed = await Promise.all(
      ends.map(async (end) => ({ ...end, urls: await signOutputs(cloud, outputs, end.record) })),
    );
    const exitCode = ends.every(({ record }) => record.state === "succeeded") ? 0 : 1;
    presenter.result({ exitCode, ends: signed, phases: phases.times() });
    if (page) {
      report(
        `The page is at ${page.url}. Ctrl-C ends it; the stack stays up. \`npm run local:down\` removes it.`,
      );
      await aborted(signal);
      return exitCode;
    }
    if (exitCode === 0) {
      report("The stack stays up, so that the URLs open. `npm run local:down` removes it.");
      return 0;
    }
  } finally {
    await page?.close();
  }
  const failed = options.jobs === 1 ? "The job failed" : "A job failed";
  if (wasUp) {
    report(`${failed}; the stack stays up, as it was before. \`npm run local:down\` removes it.`);
    return 1;
  }
  await stopCloud();
  report(
    `${failed}; the local cloud is stopped. \`npm run local\` starts it again, \`npm run local:down\` removes the stack.`,
  );
  return 1;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    // An interval keeps the process up while it only serves.
    const keep = setInterval(() => undefined, 60_000);
    signal.addEventListener("abort", () => {
      clearInterval(keep);
      resolve();
    });
  });

/** Uploads the clip and has it encoded, as often as asked for, following all jobs to their ends. */
async function sendThrough(
  cloud: CloudAddress,
  outputs: StackOutputs,
  upload: { file: string; size: number; count: number; profile: string | undefined },
  { report, presenter }: Showing,
  signal: AbortSignal,
): Promise<readonly JobEnd[]> {
  const { file, size, count, profile } = upload;
  const run = jobId(new Date());
  const ids =
    count === 1
      ? [run]
      : Array.from(
          { length: count },
          (_, index) => `${run}-${String(index + 1).padStart(String(count).length, "0")}`,
        );
  const input = await uploadClip(cloud, outputs.bucketName, file, `mezzanines/${run}/${basename(file)}`);
  report(`uploaded ${basename(file)}, ${bytes(size)} → ${input}`);

  const records = new Map<string, JobRecord>();
  const target = {
    ...{ bucket: outputs.bucketName, jobsTopic: outputs.jobsTopic, jobEventsTopic: outputs.jobEventsTopic },
  };
  const requests = ids.map((id) => ({
    ...{ id, input, outputPrefix: `gs://${outputs.bucketName}/outputs/${id}/` },
    ...(profile !== undefined && { profile }),
    labels: { source: "npm-run-local" },
  }));
  return runJobs(cloud, target, requests, {
    ...{ stallSeconds, signal },
    onProgress: (record) => {
      records.set(record.request.id, record);
      presenter.jobs(
        record,
        ids.flatMap((id) => records.get(id) ?? []),
        ids.length,
      );
    },
    onEvent: presenter.event,
  });
}

/** Sorts by time, and is unlikely to be anybody else's. */
function jobId(now: Date): string {
  return `local-${now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${randomBytes(2).toString("hex")}`;
}
