import type { JobEvent, JobRecord, SignedRequest } from "../../services/protocol/index.ts";

export interface RunSummary {
  record: JobRecord;
  event: JobEvent;
  /** A signed GET for each output, by output name. */
  urls: ReadonlyMap<string, SignedRequest>;
  /** Seconds by phase, in order. */
  phases: readonly (readonly [string, number])[];
}

/** What the run did, for a person: pure text, without colour. */
export function renderSummary({ record, event, urls, phases }: RunSummary): string {
  const { request, media } = record;
  const lines = [
    `job      ${request.id}, ${record.state}, attempt ${record.attempt}${record.worker ? ` on ${record.worker.id} in ${record.worker.region}` : ""}`,
    `input    ${request.input}`,
    ...(media ? [`media    ${describeMedia(media)}`] : []),
    `event    ${event.type}, id ${event.id}, from ${event.data.region}, ${event.time}`,
  ];
  if (record.error) lines.push(`error    ${record.error.code}: ${record.error.message}`);
  if (record.outputs.length > 0) {
    const total = record.outputs.reduce((sum, output) => sum + output.size, 0);
    lines.push(
      "",
      `outputs  ${record.outputs.length} objects, ${bytes(total)}, below ${event.data.outputPrefix ?? request.outputPrefix}`,
    );
    const widest = Math.max(...record.outputs.map((output) => output.name.length));
    for (const output of record.outputs) {
      lines.push(`  ${output.name.padEnd(widest)}  ${bytes(output.size).padStart(10)}`);
      const url = urls.get(output.name);
      if (url !== undefined) lines.push(`    ${url.url}`);
    }
  }
  const play = playLines({ record, urls });
  if (play.length > 0) lines.push("", ...play);
  lines.push("", phaseLine(phases));
  return lines.join("\n");
}

/** What plays by its own URL: a whole file. The playlists of HLS and DASH name other objects, whose URLs they do not hold. */
function playLines({ record, urls }: Pick<RunSummary, "record" | "urls">, indent = ""): string[] {
  if (record.outputs.length === 0) return [];
  const folderOf = (name: string): string => name.split("/")[0] ?? name;
  const inPieces = new Set(
    record.outputs.flatMap(({ name }) => (/\.(m3u8|mpd)$/.test(name) ? [folderOf(name)] : [])),
  );
  const whole = record.outputs.find(
    ({ name, contentType }) => /^(video|audio)\//.test(contentType) && !inPieces.has(folderOf(name)),
  );
  const url = whole && urls.get(whole.name)?.url;
  if (url !== undefined) return [`${indent}play     ${url}`];
  return [
    `${indent}play     with \`npm run local -- --open\`: the playlists name files that need a signed URL each`,
  ];
}

/** The same for several jobs: a line each, by region. */
export function renderSeveral(
  ends: readonly Pick<RunSummary, "record" | "urls">[],
  phases: RunSummary["phases"],
): string {
  const regionOf = ({ record }: Pick<RunSummary, "record">): string => record.worker?.region ?? "no region";
  const regions = [...new Set(ends.map(regionOf))].toSorted();
  const succeeded = ends.filter(({ record }) => record.state === "succeeded").length;
  const widest = Math.max(0, ...ends.map(({ record }) => record.request.id.length));
  const lines = [
    `jobs     ${ends.length}, ${succeeded} succeeded${succeeded < ends.length ? `, ${ends.length - succeeded} not` : ""}`,
  ];
  for (const region of regions) {
    const here = ends.filter((end) => regionOf(end) === region);
    lines.push(`${region}  ${here.length}`);
    for (const { record, urls } of here) {
      const total = record.outputs.reduce((sum, output) => sum + output.size, 0);
      const what = record.error
        ? `${record.error.code}: ${record.error.message}`
        : `${record.outputs.length} objects, ${bytes(total)}`;
      lines.push(
        `  ${record.request.id.padEnd(widest)}  ${record.state}, attempt ${record.attempt}${secondsOf(record)}  ${what}`,
      );
      lines.push(...playLines({ record, urls }, "    "));
    }
  }
  lines.push("", phaseLine(phases));
  return lines.join("\n");
}

function secondsOf({ startedAt, finishedAt }: JobRecord): string {
  if (startedAt === undefined || finishedAt === undefined) return "";
  return `, ${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`;
}

const phaseLine = (phases: RunSummary["phases"]): string =>
  `time     ${phases.map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`).join(", ")}`;

function describeMedia(media: NonNullable<JobRecord["media"]>): string {
  const size =
    media.width !== undefined && media.height !== undefined ? `${media.width}x${media.height}, ` : "";
  const rate = media.framesPerSecond === undefined ? "" : `${media.framesPerSecond} fps, `;
  return `${media.kind}, ${size}${rate}${media.durationSeconds.toFixed(2)} s → ${media.renditions.join(", ")}`;
}

/** Binary units, as Cloud Storage bills them: `1.0 MiB`. */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), units.length - 1);
  return power === 0 ? `${count} B` : `${(count / 2 ** (10 * power)).toFixed(1)} ${units[power] ?? ""}`;
}
