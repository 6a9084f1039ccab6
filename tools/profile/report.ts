import { colourOf, escapeXml, lines } from "../cost/plot.ts";
import type { Advice, Simulation } from "./simulate.ts";
import type { Workload } from "./workload.ts";

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

/** What the simulation says, sentence by sentence. */
export function sentences(workload: Workload, found: Simulation, advice: Advice): string[] {
  const { throttledMinutes, throttledWrites, throttledReads, firstThrottledMinute } = found;
  const { bucket } = workload;
  const names =
    bucket.names === "hashed"
      ? `names with ${bucket.hexDigits} hashed digits before them`
      : `${bucket.names} names`;
  const out = [
    `Peak: ${whole(found.peakWrites)} writes and ${whole(found.peakReads)} reads a second, ${names}.`,
    firstThrottledMinute === undefined
      ? "The bucket keeps up: nothing is beyond its documented rates."
      : `Throttled: ${whole(throttledWrites)} writes and ${whole(throttledReads)} reads in ${throttledMinutes} of ${workload.minutes} minutes, first in minute ${firstThrottledMinute}. Cloud Storage answers those with 429.`,
  ];
  if (advice.rampMinutes > 0)
    out.push(
      `Ramp: ${advice.rampMinutes} minutes before the peak, ${advice.ramp
        .map(
          ({ minute, writes, reads }) =>
            `minute ${minute}: ${whole(writes)} writes, ${whole(reads)} reads a second`,
        )
        .join("; ")}.`,
    );
  if (firstThrottledMinute !== undefined || advice.hexDigits > 0)
    out.push(
      advice.hexDigits === 0
        ? "Prefix: none is needed; one range of names is enough."
        : `Prefix: put ${advice.hexDigits} hex digit${advice.hexDigits === 1 ? "" : "s"} of a hash before each name, such as the first of its MD5, at the very start of the name.`,
    );
  if (firstThrottledMinute !== undefined)
    out.push(
      advice.cured.throttledMinutes === 0
        ? "With both, nothing is beyond the documented rates."
        : `With both, ${advice.cured.throttledMinutes} minutes remain beyond the documented rates.`,
    );
  for (const name of advice.tooOften)
    out.push(
      `Job ${name} changes one object more than once a second, which is refused at any ramp: write less often, or to several objects.`,
    );
  return out;
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: currentColor; } .grid { stroke: #8884; }
.key span { display: inline-block; margin-right: 1.2rem; } .key i { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; }`;

const axes = { step: "minute", value: (rate: number): string => rate.toLocaleString("en-US") };

/** A page of its own: no script, no font, no picture from elsewhere. */
export function htmlReport(workload: Workload, found: Simulation, advice: Advice): string {
  const plot = (
    what: string,
    wanted: readonly number[],
    allowed: readonly number[],
    cured: readonly number[],
  ): string => {
    const series = [
      { name: `${what} wanted`, values: wanted },
      { name: "bucket as configured", values: allowed },
      { name: "bucket with ramp and prefix", values: cured },
    ];
    const key = series.map(
      ({ name }, index) => `<span><i style="background:${colourOf(index)}"></i>${escapeXml(name)}</span>`,
    );
    return `<h2>${what}</h2>\n${lines(`${what} a second`, series, undefined, axes)}\n<p class="key">${key.join("")}</p>`;
  };
  const { minutes } = found;
  const cured = advice.cured.minutes;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Request rates of a workload</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>Request rates of a workload</h1>
<ul>${sentences(workload, found, advice)
    .map((sentence) => `<li>${escapeXml(sentence)}</li>`)
    .join("")}</ul>
${plot(
  "Writes",
  minutes.map(({ writes }) => writes),
  minutes.map(({ writesAllowed }) => writesAllowed),
  cured.map(({ writesAllowed }) => writesAllowed),
)}
${plot(
  "Reads",
  minutes.map(({ reads }) => reads),
  minutes.map(({ readsAllowed }) => readsAllowed),
  cured.map(({ readsAllowed }) => readsAllowed),
)}
<p>By the rates that Cloud Storage documents (https://docs.cloud.google.com/storage/docs/request-rate): what it lets through beyond them is
not documented, so that 429 may come later than here, and never need come earlier.</p>
</body>
</html>
`;
}
