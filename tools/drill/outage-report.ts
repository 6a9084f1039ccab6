import { eventTypes, type JobEvent } from "../../services/protocol/index.ts";

/** A job of a drill. */
export interface DrillJob {
  readonly id: string;
  /** Whether only the region that was out had its input. */
  readonly lateInput: boolean;
}

/** A region that was out; times in milliseconds. */
export interface Outage {
  readonly region: string;
  readonly from: number;
  readonly until: number;
}

/** How a job fared. */
export interface JobFate {
  readonly id: string;
  readonly state: "succeeded" | "failed" | "unfinished";
  readonly attempts: number;
  /** Where each attempt ran. */
  readonly regions: readonly string[];
  /** What held it up, if anything did. */
  readonly because: "its region went out" | "its input was not replicated" | undefined;
  /** From the outage until it could go on. */
  readonly heldUpSeconds: number;
  readonly error: string | undefined;
}

/**
 * What became of a job, told by its events alone.
 *
 * @param events of any jobs, in any order, repeated ones too
 */
export function fateOf({ id, lateInput }: DrillJob, events: readonly JobEvent[], outage: Outage): JobFate {
  const own = events
    .filter(({ subject }) => subject === id)
    .toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time));
  const starts = [
    ...new Map(
      own.filter(({ type }) => type === eventTypes.started).map((event) => [event.data.attempt, event]),
    ).values(),
  ];
  const end = own.find(({ type }) => type !== eventTypes.started);
  const endedAt = end === undefined ? Infinity : Date.parse(end.time);
  const startedAt = (event: JobEvent): number => Date.parse(event.time);
  const struck =
    endedAt > outage.from &&
    starts.findLast((event) => startedAt(event) <= outage.from)?.data.region === outage.region;
  const waited = lateInput && endedAt > outage.from;
  const next = starts.find((event) => startedAt(event) > outage.from);
  const resumed = next === undefined ? endedAt : startedAt(next);
  // An attempt that began while the input could not be read waited for it.
  const goesOn = waited ? Math.max(resumed, outage.until) : resumed;
  const because = waited ? "its input was not replicated" : struck ? "its region went out" : undefined;
  return {
    id,
    state: end === undefined ? "unfinished" : end.type === eventTypes.succeeded ? "succeeded" : "failed",
    attempts: Math.max(0, ...own.map(({ data }) => data.attempt)),
    regions: starts.map(({ data }) => data.region),
    because,
    heldUpSeconds:
      because === undefined || !Number.isFinite(goesOn) ? 0 : Math.max(0, goesOn - outage.from) / 1000,
    error: end?.data.error?.message,
  };
}

/** The report for people: one line a job. */
export function renderFates(fates: readonly JobFate[]): string {
  const width = Math.max(...fates.map(({ id }) => id.length));
  return fates
    .map(({ id, state, attempts, regions, because, heldUpSeconds, error }) => {
      const held =
        because === undefined ? "not held up" : `held up ${heldUpSeconds.toFixed(1)} s: ${because}`;
      const where = regions.length === 0 ? "nowhere" : regions.join(" → ");
      const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
      return `  ${id.padEnd(width)}  ${state}, ${tries}, ${where}, ${held}${error === undefined ? "" : ` (${error})`}`;
    })
    .join("\n");
}
