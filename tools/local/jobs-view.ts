import type { JobRecord } from "../../services/protocol/index.ts";

/** How to draw: pure text, so that a test can read it. */
export interface Drawing {
  readonly columns: number;
  /** Lines that there is room for. */
  readonly rows: number;
  readonly colour: boolean;
  /** Jobs of the run, those included that nobody has taken yet and of which there is no record. @default those of the records */
  readonly total?: number;
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Jobs by region, the ones that run first: what a person watches. Never wider or higher than there is room for. */
export function renderJobs(
  records: readonly JobRecord[],
  seconds: number,
  drawing: Drawing,
): readonly string[] {
  const { columns, rows, colour, total = records.length } = drawing;
  const paint = (style: keyof typeof codes, text: string): string =>
    colour ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
  const ended = records.filter(({ state }) => isEnded(state));
  const failed = ended.filter(({ state }) => state !== "succeeded").length;
  const head = `jobs  ${ended.length} of ${total} done${failed > 0 ? `, ${failed} failed` : ""}, ${Math.floor(seconds)} s`;
  const widest = Math.max(0, ...records.map(({ request }) => request.id.length));
  const barWidth = Math.max(0, Math.min(30, columns - widest - 30));

  const line = (record: JobRecord): string => {
    const { state, attempt, percentDone, request, error } = record;
    const filled = Math.round((barWidth * percentDone) / 100);
    const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
    const note = `${state}${attempt > 1 ? `, attempt ${attempt}` : ""}${error ? `: ${error.code}` : ""}`;
    const plain = `  ${request.id.padEnd(widest)}  ${bar} ${String(Math.floor(percentDone)).padStart(3)} %  ${note}`;
    const cut = plain.slice(0, Math.max(0, columns - 1));
    return paint(styleOf(state), cut);
  };
  const regions = [...new Set(records.flatMap(({ worker }) => worker?.region ?? []))].toSorted();
  const groups = [
    ...regions.map((region) => ({
      title: region,
      jobs: records.filter(({ worker }) => worker?.region === region),
    })),
    { title: "waiting", jobs: records.filter(({ worker }) => worker === undefined) },
  ].filter(({ jobs }) => jobs.length > 0);

  // What runs comes first, so that a small window shows it.
  const queued = total - records.length;
  const room = rows - 1 - (queued > 0 ? 1 : 0);
  const share = Math.max(1, Math.floor(room / Math.max(1, groups.length)) - 2);
  const drawn = [
    paint("bold", head.slice(0, Math.max(0, columns - 1))),
    ...groups.flatMap(({ title, jobs }) => {
      const sorted = jobs.toSorted((a, b) => Number(isEnded(a.state)) - Number(isEnded(b.state)));
      const left = sorted.length - share;
      return [
        paint("cyan", title.slice(0, Math.max(0, columns - 1))),
        ...sorted.slice(0, share).map(line),
        ...(left > 0 ? [paint("dim", `  and ${left} more`)] : []),
      ];
    }),
    ...(queued > 0 ? [paint("dim", `${queued} in the queue`.slice(0, Math.max(0, columns - 1)))] : []),
  ];
  return drawn.slice(0, Math.max(1, rows));
}

const isEnded = (state: JobRecord["state"]): boolean => state !== "queued" && state !== "running";

const styleOf = (state: JobRecord["state"]): keyof typeof codes =>
  state === "succeeded" ? "green" : state === "running" ? "yellow" : state === "queued" ? "dim" : "red";
