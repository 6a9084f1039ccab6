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
  lines.push("", `time     ${phases.map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`).join(", ")}`);
  return lines.join("\n");
}

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
