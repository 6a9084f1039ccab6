import type { JobEvent, JobRecord, SignedRequest } from "../../services/protocol/index.ts";
import { liveArea, type Report } from "../../sandbox/process/index.ts";
import type { StateResource } from "./deploy.ts";
import type { JobEnd } from "./job.ts";
import { renderJobs } from "./jobs-view.ts";
import type { JsonLine } from "./json-lines.ts";
import { renderSeveral, renderSummary } from "./summary.ts";

/** A job at its end, and a signed GET for each of its outputs. */
export interface SignedEnd extends JobEnd {
  readonly urls: ReadonlyMap<string, SignedRequest>;
}

export interface RunResult {
  readonly exitCode: number;
  readonly ends: readonly SignedEnd[];
  readonly phases: readonly (readonly [string, number])[];
}

/** Shows a run while it goes on: to a person, or to a program. */
export interface Presenter {
  readonly phase: (name: string, seconds: number) => void;
  readonly resources: (stack: string, resources: readonly StateResource[]) => void;
  /** One of the jobs has changed; told with all that have begun, and how many there are. */
  readonly jobs: (changed: JobRecord, all: readonly JobRecord[], total: number) => void;
  readonly event: (event: JobEvent) => void;
  readonly page: (url: string) => void;
  readonly result: (result: RunResult) => void;
  /** Ends the live view where the run ends without a result: what is shown stays, and nothing is drawn over what follows. */
  readonly end: () => void;
}

/** For people: a live view on a terminal, else a line for each step. */
export function textPresenter(report: Report, stream: NodeJS.WriteStream = process.stderr): Presenter {
  const area = liveArea(stream);
  const started = performance.now();
  const lines = progressLines(report);
  let tick: NodeJS.Timeout | undefined;
  let shown: readonly JobRecord[] = [];
  let total = 0;
  const draw = (): void => {
    const { columns, rows, colour } = area;
    const drawing = { columns: columns(), rows: rows(), colour, total };
    area.show(renderJobs(shown, (performance.now() - started) / 1000, drawing));
  };
  let ended = false;
  const end = (): void => {
    ended = true;
    clearInterval(tick);
    area.end();
  };
  return {
    phase: () => undefined,
    resources: (_stack, resources) => {
      const made = resources.filter(({ type }) => !type.startsWith("pulumi:"));
      const custom = made.filter((resource) => resource.custom).length;
      report(`${custom} resources in ${made.length - custom} components are up`);
    },
    jobs: (changed, all, count) => {
      if (ended) return;
      if (!area.live) {
        lines(changed, count > 1);
        return;
      }
      shown = all;
      total = count;
      // The clock goes on while no job changes.
      tick ??= setInterval(draw, 1000).unref();
      draw();
    },
    event: () => undefined,
    page: (url) => {
      report(`page at ${url}`);
    },
    result: ({ ends, phases }) => {
      end();
      const [only] = ends;
      const text =
        only !== undefined && ends.length === 1
          ? renderSummary({ ...only, phases })
          : renderSeveral(ends, phases);
      process.stdout.write(`\n${text}\n\n`);
    },
    end,
  };
}

/** For programs: one JSON object a line. */
export function jsonPresenter(
  write: (line: string) => void,
): Presenter & { failed: (message: string) => void } {
  const tell = (line: JsonLine): void => {
    write(`${JSON.stringify(line)}\n`);
  };
  return {
    phase: (name, seconds) => {
      tell({ type: "phase", name, seconds: Math.round(seconds * 1000) / 1000 });
    },
    resources: (stack, resources) => {
      tell({
        ...{ type: "resources", stack },
        resources: resources.map((resource) => ({ ...resource, dependencies: [...resource.dependencies] })),
      });
    },
    jobs: ({ request, state, attempt, percentDone, worker }) => {
      tell({
        ...{ type: "job", id: request.id, state, attempt, percentDone },
        ...(worker && { region: worker.region, worker: worker.id }),
      });
    },
    event: (event) => {
      tell({ type: "event", event });
    },
    page: (url) => {
      tell({ type: "page", url });
    },
    failed: (message) => {
      tell({ type: "error", message });
    },
    result: ({ exitCode, ends }) => {
      tell({ type: "result", exitCode, jobs: ends.map(jobResult) });
    },
    end: () => undefined,
  };
}

function jobResult({ record, urls }: SignedEnd): Extract<JsonLine, { type: "result" }>["jobs"][number] {
  const { request, state, attempt, worker, media, error, outputs } = record;
  return {
    ...{ id: request.id, state, attempt },
    ...(worker && { region: worker.region }),
    ...(media && { media }),
    outputs: outputs.map(({ name, contentType, size }) => {
      const url = urls.get(name)?.url;
      return { name, contentType, size, ...(url !== undefined && { url }) };
    }),
    ...(error && { error }),
  };
}

/** A line when a job changes its state, and every tenth of it between. */
function progressLines(report: Report): (record: JobRecord, named: boolean) => void {
  const last = new Map<string, { state: string; attempt: number; tens: number }>();
  return ({ request, state, attempt, percentDone, worker }, named) => {
    const before = last.get(request.id);
    const tens = Math.floor(percentDone / 10);
    const place = worker === undefined ? "" : ` on ${worker.id} in ${worker.region}`;
    const kind = state === before?.state && attempt === before.attempt ? "progress" : "step";
    if (kind === "step" || tens !== before?.tens) {
      report(
        `job ${named ? `${request.id} ` : ""}${state}${attempt > 0 ? `, attempt ${attempt}` : ""}${place}, ${Math.floor(percentDone)} %`,
        kind,
      );
    }
    last.set(request.id, { state, attempt, tens });
  };
}
