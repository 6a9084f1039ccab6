import { bucketRates, hexDigitsFor } from "../../services/transfer/index.ts";
import type { JobMix, Workload } from "./workload.ts";

/**
 * What Cloud Storage documents of its rates, and no more: a bucket starts at about 1,000 writes and 5,000 reads a second,
 * takes no more than twice as much 20 minutes later, and spreads its index only over names that do not follow each other.
 * https://docs.cloud.google.com/storage/docs/request-rate
 */
export const doublingMinutes = 20;
const hierarchicalFactor = 8;
/** One change a second for each object. */
export const objectWritesPerMinute = 60;

export interface Minute {
  /** Requests a second that the jobs want to send. */
  readonly writes: number;
  readonly reads: number;
  /** Requests a second that the bucket is ready for. */
  readonly writesAllowed: number;
  readonly readsAllowed: number;
}

export interface Simulation {
  readonly minutes: readonly Minute[];
  /** Requests beyond what the bucket was ready for: those that 429 may meet. */
  readonly throttledWrites: number;
  readonly throttledReads: number;
  /** Minutes with any. */
  readonly throttledMinutes: number;
  readonly firstThrottledMinute: number | undefined;
  readonly peakWrites: number;
  readonly peakReads: number;
}

export interface Advice {
  /** Minutes from the bucket's starting rates up to the peak, at the fastest ramp that is documented. */
  readonly rampMinutes: number;
  /** Requests a second that may be sent at each step of 20 minutes. */
  readonly ramp: readonly { readonly minute: number; readonly writes: number; readonly reads: number }[];
  /** Hex digits of a hash before each name; 0 where names may follow each other. */
  readonly hexDigits: number;
  /** Jobs that change one object more than once a second. */
  readonly tooOften: readonly string[];
  /** The same workload with that prefix and a bucket that was ramped up before. */
  readonly cured: Simulation;
}

export function simulate(workload: Workload): Simulation {
  const { bucket } = workload;
  const start = startingRates(workload);
  const ranges =
    bucket.names === "sequential" ? 1 : bucket.names === "random" ? Infinity : 16 ** bucket.hexDigits;
  let writesAllowed = Math.max(start.writes, Math.min(bucket.warmWritesPerSecond, start.writes * ranges));
  let readsAllowed = Math.max(start.reads, Math.min(bucket.warmReadsPerSecond, start.reads * ranges));
  const minutes: Minute[] = [];
  for (let minute = 0; minute < workload.minutes; minute += 1) {
    const writes = sum(workload.jobs, (job) =>
      requestsAt(job, minute, job.outputs + job.rewritesPerMinute * job.minutes),
    );
    const reads = sum(workload.jobs, (job) =>
      requestsAt(job, minute, job.inputReads + job.readsPerOutput * job.outputs),
    );
    minutes.push({ writes, reads, writesAllowed, readsAllowed });
    writesAllowed = grown(writesAllowed, writes, start.writes * ranges);
    readsAllowed = grown(readsAllowed, reads, start.reads * ranges);
  }
  const beyond = (minute: Minute): [number, number] => [
    Math.max(0, minute.writes - minute.writesAllowed) * 60,
    Math.max(0, minute.reads - minute.readsAllowed) * 60,
  ];
  const isThrottled = (minute: Minute): boolean => beyond(minute).some((requests) => requests > 0);
  const first = minutes.findIndex(isThrottled);
  return {
    minutes,
    throttledWrites: sum(minutes, (minute) => beyond(minute)[0]),
    throttledReads: sum(minutes, (minute) => beyond(minute)[1]),
    throttledMinutes: minutes.filter(isThrottled).length,
    firstThrottledMinute: first === -1 ? undefined : first,
    peakWrites: Math.max(...minutes.map(({ writes }) => writes)),
    peakReads: Math.max(...minutes.map(({ reads }) => reads)),
  };
}

export function advise(workload: Workload, found: Simulation): Advice {
  const start = startingRates(workload);
  const { peakWrites, peakReads } = found;
  const factor = Math.max(1, peakWrites / start.writes, peakReads / start.reads);
  const rampMinutes = Math.ceil(doublingMinutes * Math.log2(factor));
  const scale = workload.bucket.hierarchicalNamespace ? hierarchicalFactor : 1;
  const hexDigits = hexDigitsFor(peakWrites / scale, peakReads / scale);
  const steps = Math.ceil(rampMinutes / doublingMinutes);
  const ramp = Array.from({ length: steps + 1 }, (_, step) => ({
    minute: Math.min(step * doublingMinutes, rampMinutes),
    writes: Math.min(start.writes * 2 ** step, Math.max(start.writes, peakWrites)),
    reads: Math.min(start.reads * 2 ** step, Math.max(start.reads, peakReads)),
  }));
  const cured = simulate({
    ...workload,
    bucket: {
      ...workload.bucket,
      ...(hexDigits > 0 && { names: "hashed" as const, hexDigits }),
      warmWritesPerSecond: peakWrites,
      warmReadsPerSecond: peakReads,
    },
  });
  const tooOften = workload.jobs
    .filter(({ rewritesPerMinute }) => rewritesPerMinute > objectWritesPerMinute)
    .map(({ name }) => name);
  return { rampMinutes, ramp, hexDigits, tooOften, cured };
}

function startingRates({ bucket }: Workload): { writes: number; reads: number } {
  const factor = bucket.hierarchicalNamespace ? hierarchicalFactor : 1;
  return { writes: bucketRates.writesPerSecond * factor, reads: bucketRates.readsPerSecond * factor };
}

/** Requests a second in a minute: of all jobs that run then, each of which spreads `perJob` over its minutes. */
function requestsAt(job: JobMix, minute: number, perJob: number): number {
  let running = 0;
  for (let from = minute; from > minute - job.minutes && from >= 0; from -= 1) {
    // The last minute of a job may be a part of one.
    const share = Math.min(1, job.minutes - (minute - from));
    running += startsAt(job, from) * share;
  }
  return (running * perJob) / job.minutes / 60;
}

function startsAt({ starts }: JobMix, minute: number): number {
  return (
    starts.filter((entry) => entry.minute <= minute).toSorted((a, b) => b.minute - a.minute)[0]?.perMinute ??
    0
  );
}

/** The bucket grows where it is used, by a doubling in 20 minutes, up to what its names can be spread over. */
function grown(allowed: number, wanted: number, most: number): number {
  if (wanted < allowed / 2) return allowed;
  return Math.max(allowed, Math.min(most, allowed * 2 ** (1 / doublingMinutes)));
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
