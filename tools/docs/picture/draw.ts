import type { PlatformGraph, RegionGraph } from "./graph.ts";

const WIDTH = 900;
const HEIGHT = 560;
/** Left and right edge of everything. */
const EDGE = { left: 20, right: WIDTH - 20 } as const;
const GAP = 24;

/** Colours follow the reader's own choice; an SVG in an `img` element sees it, and nothing else of the page. */
const STYLE = `
  text { font: 14px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-weight: 600; } .small { font-size: 12px; fill: #59636e; }
  .box { fill: #ffffff; stroke: #59636e; } .panel { fill: #eef4fb; stroke: #b6c8dc; stroke-dasharray: 5 4; }
  .queue { fill: #fff4e0; stroke: #c98a1b; } .store { fill: #e6f4ea; stroke: #2f8f4e; } .power { fill: #fdeceb; stroke: #c5473c; }
  .arrow { fill: none; stroke: #59636e; stroke-width: 1.6; } .head { fill: #59636e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small { fill: #9198a1; }
    .box { fill: #161b22; stroke: #9198a1; } .panel { fill: #10233a; stroke: #3b5d85; }
    .queue { fill: #33260c; stroke: #d29922; } .store { fill: #10281a; stroke: #3fb950; } .power { fill: #331614; stroke: #f0665a; }
    .arrow { stroke: #9198a1; } .head { fill: #9198a1; }
  }`;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The picture of a platform: what is in it, how much of each, and who talks to whom. */
export function drawPlatform(graph: PlatformGraph): string {
  const jobs: Box = { x: 190, y: 20, width: 250, height: 56 };
  const events: Box = { x: 460, y: 20, width: 250, height: 56 };
  const client: Box = { x: EDGE.left, y: 20, width: 120, height: 56 };
  const hearers: Box = { x: EDGE.right - 120, y: 20, width: 120, height: 56 };
  const media: Box = { x: EDGE.left, y: 376, width: EDGE.right - EDGE.left, height: 62 };
  const panels = columns(graph.regions.length, { y: 128, height: 204 });
  const { bucket, signer } = graph;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Architecture of a platform in ${escape(bucket.location)}">`,
    `<style>${STYLE}\n</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    box(client, "box", "a client", "submits jobs"),
    box(
      jobs,
      "queue",
      graph.jobs.topic,
      `Pub/Sub, ${graph.jobs.deadLetters ? "with" : "without"} dead letters`,
    ),
    box(events, "queue", graph.events.topic, "Pub/Sub, CloudEvents with a schema"),
    box(hearers, "box", "subscribers", `${graph.events.subscriptions} declared`),
    arrow(right(client), left(jobs)),
    arrow(right(events), left(hearers)),
    ...graph.regions.flatMap((region, index) => {
      const panel = panels[index];
      return panel === undefined ? [] : regionPart(region, panel, { jobs, events, media, signer });
    }),
    box(
      media,
      "store",
      `one bucket in ${bucket.location}${graph.regions.length > 1 ? ", which both regions read and write" : ""}`,
      [
        ...(bucket.turbo ? ["turbo replication, asynchronous"] : []),
        bucket.encrypted ? "a key of the platform's own" : "keys that Google manages",
        "no public access",
      ].join(" · "),
    ),
    ...footer(graph),
    "</svg>\n",
  ].join("\n");
}

interface Around {
  readonly jobs: Box;
  readonly events: Box;
  readonly media: Box;
  readonly signer: string;
}

function regionPart(region: RegionGraph, panel: Box, { jobs, events, media, signer }: Around): string[] {
  const inside = { x: panel.x + 16, width: panel.width - 32, height: 54 };
  const coordinator: Box = { ...inside, y: panel.y + 34 };
  const workers: Box = { ...inside, y: panel.y + 136 };
  const middle = panel.x + panel.width / 2;
  const [fromJobs, toEvents] = [middle - 60, middle + 60];
  return [
    `<rect class="panel" x="${panel.x}" y="${panel.y}" width="${panel.width}" height="${panel.height}" rx="10"/>`,
    label(panel.x + 16, panel.y + 22, region.region, "title"),
    box(
      coordinator,
      "power",
      `coordinator × ${region.coordinators}`,
      `signs URLs: ${SIGNERS[signer] ?? signer}`,
    ),
    box(
      workers,
      "box",
      `workers ${region.scaled ? "≤" : "×"} ${region.workers}`,
      "ffmpeg; no cloud credential",
    ),
    path(
      [fromJobs, coordinator.y],
      [fromJobs, 106],
      [centre(jobs), 106],
      [centre(jobs), bottom(jobs)],
      "start",
    ),
    path(
      [toEvents, coordinator.y],
      [toEvents, 92],
      [centre(events), 92],
      [centre(events), bottom(events)],
      "end",
    ),
    arrow([middle, bottom(coordinator)], [middle, workers.y], "both"),
    label(middle + 10, bottom(coordinator) + 28, "leases, signed URLs", "small"),
    arrow([middle, bottom(workers)], [middle, media.y], "both"),
    label(middle + 10, media.y - 10, "GET and PUT by signed URL", "small"),
  ];
}

const SIGNERS: Readonly<Record<string, string>> = {
  signBlob: "IAM signBlob, no stored key",
  hmac: "an HMAC key in Secret Manager",
};

function footer({ signerAccounts, keys, secrets, audit }: PlatformGraph): string[] {
  const days = [
    ...(audit.logDays === undefined ? [] : [`logs ${audit.logDays} d`]),
    ...(audit.archiveDays === undefined ? [] : [`archive ${audit.archiveDays} d`]),
  ];
  const parts: (readonly [string, string])[] = [
    [counted(signerAccounts, "signer account"), "read and create, no more"],
    [counted(secrets, "secret"), "read by the coordinator only"],
    ...(keys > 0 ? ([[counted(keys, "key") + " in Cloud KMS", "bucket, topics, secrets"]] as const) : []),
    ...(days.length > 0 ? ([["audit trail", days.join(", ")]] as const) : []),
  ];
  return columns(parts.length, { y: 474, height: 58 }).map((place, index) => {
    const [title = "", detail = ""] = parts[index] ?? [];
    return box(place, "box", title, detail);
  });
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Boxes side by side over the whole width. */
function columns(count: number, { y, height }: Pick<Box, "y" | "height">): Box[] {
  const width = (EDGE.right - EDGE.left - GAP * (count - 1)) / Math.max(1, count);
  return Array.from({ length: count }, (_, index) => ({
    x: EDGE.left + index * (width + GAP),
    y,
    width,
    height,
  }));
}

function box({ x, y, width, height }: Box, kind: string, title: string, detail: string): string {
  const middle = x + width / 2;
  return (
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>` +
    label(middle, y + height / 2 - 4, title, "title", "middle") +
    label(middle, y + height / 2 + 15, detail, "small", "middle")
  );
}

function label(x: number, y: number, text: string, kind: string, anchor = "start"): string {
  return `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${escape(text)}</text>`;
}

type Point = readonly [x: number, y: number];
const centre = ({ x, width }: Box): number => x + width / 2;
const bottom = ({ y, height }: Box): number => y + height;
const right = ({ x, y, width, height }: Box): Point => [x + width, y + height / 2];
const left = ({ x, y, height }: Box): Point => [x, y + height / 2];

function arrow(from: Point, to: Point, heads: "end" | "both" = "end"): string {
  const start = heads === "both" ? ' marker-start="url(#head)"' : "";
  return `<path class="arrow" d="M${from.join(" ")}L${to.join(" ")}"${start} marker-end="url(#head)"/>`;
}

/** A line through four points, with its head at one end. */
function path(one: Point, two: Point, three: Point, four: Point, head: "start" | "end"): string {
  const points = [one, two, three, four].map((point) => point.join(" ")).join("L");
  return `<path class="arrow" d="M${points}" marker-${head}="url(#head)"/>`;
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
