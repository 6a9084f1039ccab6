import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "@google-cloud/pubsub";
import { eventTypes, jobEventSchema, type JobEvent } from "../../services/protocol/index.ts";
import { z } from "zod";
import type { CloudAddress } from "../../sandbox/cloud/address.ts";
import { findEngine } from "../../sandbox/engine/index.ts";
import { regionOfCluster } from "../../sandbox/kubernetes/node/index.ts";
import { findMediaTools } from "../../sandbox/media/index.ts";
import { kedaPrograms, kubernetesPrograms } from "../../sandbox/kubernetes/binaries/programs.ts";
import { defaultCacheDirectory, SetupError, type Report } from "../../sandbox/process/index.ts";
import { startCloud } from "../local/cloud-process.ts";
import { cloudControl } from "../local/control.ts";
import { openDeployment, type StackOutputs } from "../local/deploy.ts";
import { pubsubClient, uploadClip } from "../local/job.ts";
import { notOneOf } from "../cli/parameter.ts";
import { configuredRegions } from "../cli/stack.ts";
import { UsageError } from "../cli/usage-error.ts";
import { fateOf, renderFates, type DrillJob, type JobFate } from "./outage-report.ts";
import { directories } from "../cli/directories.ts";

export interface OutageOptions {
  /** @default the second region of the stack */
  readonly region: string | undefined;
  /** Jobs before the outage, 4 to 40; some more follow it. */
  readonly jobs: number;
  /** The outage lasts for so long at least, 5 to 600; and until whatever can end has ended, or three minutes have passed. */
  readonly seconds: number;
  readonly clip: string;
  /** Real control planes; undefined leaves it at what is up, or else the stand-in. */
  readonly kubernetes: true | undefined;
}

/**
 * The longest that turbo replication aims at (https://docs.cloud.google.com/storage/docs/availability-durability): what the region wrote during
 * the drill, job records above all, has not been replicated when it goes out. Mezzanines under `late/` stay where they are until it is back.
 */
const usualLagSeconds = 900;
const lateLagSeconds = 24 * 3600;
const lateJobs = 2;
/** More than one region's coordinator holds and its workers have. */
const laterJobs = 8;
const patienceMs = 180_000;

/**
 * `mpegflow drill region-outage`: takes one region of the local stack out in mid-run and brings it back.
 *
 * @returns the exit code: 0 when every job succeeded and both regions worked afterwards
 * @throws UsageError for a region that the stack does not have, SetupError for whatever else the user can fix
 */
export async function regionOutage(options: OutageOptions, report: Report): Promise<number> {
  await requireRegion(options.region);
  const { cloud, outputs } = await bringUp(options.kubernetes, report);
  const regions = Object.keys(outputs.coordinatorServices);
  const region = options.region ?? regions[1] ?? "";
  if (regions.length < 2 || !regions.includes(region)) {
    throw new SetupError(`The drill needs two regions; the local stack has: ${regions.join(", ")}.`);
  }
  const control = cloudControl(cloud);
  const log = await followEvents(cloud, outputs);
  try {
    await control.call("PUT", "/storage/replication", {
      lagSeconds: usualLagSeconds,
      prefixes: { "mezzanines/late/": lateLagSeconds },
    });
    const { storage } = (await control.call("GET", `/regions/${region}`)) as { storage: string };
    const inRegion: CloudAddress = { ...cloud, storage: { url: storage } };
    const batch = `drill-${randomBytes(3).toString("hex")}`;
    const prepare = async (number: number, lateInput: boolean) => {
      const id = `${batch}-${number}`;
      const name = `mezzanines/${lateInput ? "late/" : ""}${id}.mp4`;
      const input = await uploadClip(lateInput ? inRegion : cloud, outputs.bucketName, options.clip, name);
      const request = { id, input, outputPrefix: `gs://${outputs.bucketName}/outputs/${id}/` };
      return { id, lateInput, publish: () => log.publish(request) };
    };
    const submit = async (from: number, count: number): Promise<DrillJob[]> => {
      const jobs: DrillJob[] = [];
      for (let number = from + 1; number <= from + count; number += 1) {
        const job = await prepare(number, false);
        await job.publish();
        jobs.push(job);
      }
      return jobs;
    };

    const late = await Promise.all(
      Array.from({ length: lateJobs }, (_, index) => prepare(options.jobs - index, true)),
    );
    const ordinary = await submit(0, options.jobs - lateJobs);
    report(`submitted ${ordinary.length} jobs`);
    const running = () =>
      ordinary.filter(({ id }) => {
        const own = log.events.filter(({ subject }) => subject === id);
        return (
          own.length > 0 &&
          own.every(({ type, data }) => type === eventTypes.started && data.region === region)
        );
      });
    if (!(await until(patienceMs, () => running().length > 0)))
      throw new SetupError(`No worker of ${region} took a job within ${patienceMs / 1000} s.`);
    // At once, while the region works on a job.
    await Promise.all(late.map((job) => job.publish()));
    const jobs: DrillJob[] = [...ordinary, ...late];
    const from = Date.now();
    const { killed } = stoppedSchema.parse(await control.call("POST", `/regions/${region}/stop`));
    report(`submitted ${late.length} jobs whose input only ${region} holds`);
    report(
      `${region} is out: its store endpoint, and ${killed.join(", ")}; it was working on ${running()
        .map(({ id }) => id)
        .join(", ")}`,
    );

    const ended = (wanted: readonly DrillJob[]) => () => wanted.every(({ id }) => log.ended(id));
    await Promise.all([sleep(options.seconds * 1000), until(patienceMs, ended(ordinary))]);
    const endedMeanwhile = jobs.filter(({ id }) => log.ended(id)).length;
    const back = Date.now();
    await control.call("POST", `/regions/${region}/start`);
    report(
      `${region} is back after ${Math.round((back - from) / 1000)} s; ${endedMeanwhile} of ${jobs.length} jobs ended meanwhile`,
    );
    await until(patienceMs, ended(jobs));
    await untilReady(control, region);
    const later = await submit(options.jobs, laterJobs);
    report(`submitted ${later.length} jobs more`);
    await until(patienceMs, ended(later));

    const fates = [...jobs, ...later].map((job) => fateOf(job, log.events, { region, from, until: back }));
    const shared = regions.filter((one) =>
      fates.slice(jobs.length).some(({ regions: ran }) => ran.includes(one)),
    );
    return conclude({ region, killed, from, back, fates, shared, regions }, report);
  } finally {
    await control.call("PUT", "/storage/replication", {});
    await log.close();
  }
}

const stoppedSchema = z.looseObject({ killed: z.array(z.string()) });

interface Conclusion {
  readonly region: string;
  /** What ran in the region. */
  readonly killed: readonly string[];
  readonly from: number;
  readonly back: number;
  readonly fates: readonly JobFate[];
  /** Regions that worked after the outage. */
  readonly shared: readonly string[];
  readonly regions: readonly string[];
}

function conclude(
  { region, killed, from, back, fates, shared, regions }: Conclusion,
  report: Report,
): number {
  const lost = fates.filter(({ state }) => state !== "succeeded");
  const file = join(
    directories.sandbox,
    "drills",
    `region-outage-${new Date(from).toISOString().replaceAll(":", "")}.json`,
  );
  mkdirSync(dirname(file), { recursive: true });
  const outage = { region, killed, from: new Date(from).toISOString(), until: new Date(back).toISOString() };
  writeFileSync(file, `${JSON.stringify({ outage, workedAfterwards: shared, jobs: fates }, undefined, 2)}\n`);
  process.stdout.write(`\n${renderFates(fates)}\n\n`);
  const all = shared.length === regions.length;
  report(
    lost.length === 0
      ? `All ${fates.length} jobs succeeded.`
      : `${lost.length} of ${fates.length} jobs did not succeed: ${lost.map(({ id }) => id).join(", ")}.`,
  );
  report(
    all
      ? "After the outage both regions shared the work."
      : `After the outage only ${shared.join(", ")} worked.`,
  );
  report(`report: ${file}`);
  return lost.length === 0 && all ? 0 : 1;
}

/** Refuses a region that the stack `local` does not have before anything is brought up. */
async function requireRegion(region: string | undefined): Promise<void> {
  if (region === undefined) return;
  const known = await configuredRegions("local");
  if (!known.includes(region)) throw new UsageError([`--region: ${notOneOf(region, known)}`]);
}

async function bringUp(
  kubernetes: true | undefined,
  report: Report,
): Promise<{ cloud: CloudAddress; outputs: StackOutputs }> {
  const media = await findMediaTools({ report });
  const engine = await findEngine({ report, sandboxDirectory: directories.sandbox });
  if (kubernetes) {
    await kubernetesPrograms(defaultCacheDirectory(), report);
    await kedaPrograms(defaultCacheDirectory(), report);
  }
  const path = [...new Set([dirname(media.ffmpeg.path), dirname(media.ffprobe.path)])].join(":");
  const cloud = await startCloud(path, kubernetes);
  const deployment = await openDeployment(engine, "local", {
    effects: { MPEGFLOW_SANDBOX_CLOUD: directories.cloudAddress },
  });
  await deployment.update();
  return { cloud, outputs: await deployment.outputs() };
}

/** Waits until the pods of a region are ready; what is not by then shows in the end. */
async function untilReady(control: ReturnType<typeof cloudControl>, region: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const { pods } = statusSchema.parse(await control.call("GET", "/status"));
    const own = pods.filter(({ cluster }) => regionOfCluster(cluster) === region);
    if (own.length > 0 && own.every(({ ready }) => ready)) return;
    await sleep(500);
  }
}

const statusSchema = z.looseObject({
  pods: z.array(z.looseObject({ cluster: z.string(), ready: z.boolean() })),
});

/** Every job event from now on, and a way to submit jobs. */
async function followEvents(cloud: CloudAddress, outputs: StackOutputs) {
  const pubsub = pubsubClient(cloud);
  const name = `drill-${randomBytes(4).toString("hex")}`;
  const [subscription] = await pubsub.topic(outputs.jobEventsTopic).createSubscription(name);
  const events: JobEvent[] = [];
  subscription.on("message", (message: Message) => {
    message.ack();
    events.push(jobEventSchema.parse(JSON.parse(message.data.toString())));
  });
  return {
    events,
    ended: (id: string) => events.some(({ subject, type }) => subject === id && type !== eventTypes.started),
    publish: (request: { id: string; input: string; outputPrefix: string }) =>
      pubsub.topic(outputs.jobsTopic).publishMessage({ json: request }),
    close: async () => {
      await subscription.close();
      await subscription.delete();
      await pubsub.close();
    },
  };
}

/** False when time ran out. */
async function until(milliseconds: number, condition: () => boolean): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > deadline) return false;
    await sleep(200);
  }
  return true;
}
