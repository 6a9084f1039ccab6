import { bytes, drawGraph, h, svg } from "./drawing.js";
import Hls from "./hls.js";

/** The page shows what `/api/stream` sends; it keeps nothing but what is being played. */

const byId = (id) => document.getElementById(id);
const video = byId("video");
let player;
let playing;
let state;

/** Parts are drawn again only when what they show has changed, so that focus and scroll stay where they are. */
const drawn = new Map();
function part(id, data, draw) {
  const text = JSON.stringify(data);
  if (drawn.get(id) === text) return;
  drawn.set(id, text);
  draw(byId(id), data);
}

function show(next) {
  state = next;
  const { stack, regions, graph, bucket, jobs, pods, events, problem } = state;
  byId("stack").textContent = `stack ${stack}, ${regions.join(" and ")}`;
  byId("problem").hidden = problem === undefined;
  byId("problem").textContent = problem ?? "";
  const ended = jobs.filter((job) => job.state !== "queued" && job.state !== "running").length;
  part("counts", `${jobs.length} jobs, ${ended} done`, (place, text) => {
    place.textContent = text;
  });
  part("regions", [regions, jobs, playing], drawRegions);
  part("bucket", bucket, drawBucket);
  part("graph", graph, drawGraph);
  const count = graph.groups.reduce((sum, { resources }) => sum + resources.length, 0);
  byId("graph-size").textContent = `${count} in ${graph.groups.length} components`;
  part("events", events, drawEvents);
  part("pods", pods, drawPods);
  const first = jobs.findLast(playable) ?? jobs.find(playable);
  if (playing === undefined && first) play(first.id, false);
}

const playlistOf = (job) => job.outputs.find(({ name }) => name.endsWith("/master.m3u8"))?.name;
const fileOf = (job) => job.outputs.find(({ name }) => /^mp4\/.*\.(?:mp4|m4a)$/.test(name))?.name;
const playable = (job) => playlistOf(job) !== undefined || fileOf(job) !== undefined;
const mediaUrl = (job, name) =>
  `/media/${encodeURIComponent(job.id)}/${name.split("/").map(encodeURIComponent).join("/")}`;

function drawRegions(place, [regions, jobs]) {
  const waiting = jobs.filter(({ region }) => region === undefined);
  const columns = regions.map((region) => [region, jobs.filter((job) => job.region === region)]);
  if (waiting.length > 0) columns.push(["waiting", waiting]);
  place.replaceChildren(
    ...columns.map(([title, list]) =>
      h(
        "section",
        { class: "region", "aria-label": title, "data-region": title },
        h("h3", {}, title, h("span", {}, `${list.length} ${list.length === 1 ? "job" : "jobs"}`)),
        list.length === 0
          ? h("p", { class: "quiet" }, "Nothing here yet.")
          : h("ul", { class: "jobs" }, list.map(jobItem)),
      ),
    ),
  );
}

function jobItem(job) {
  const poster = job.outputs.find(({ name }) => name === "poster.jpg");
  const picture = poster && h("img", { src: mediaUrl(job, poster.name), alt: "", loading: "lazy" });
  return h(
    "li",
    { class: "job", "data-job": job.id, "data-playing": String(job.id === playing) },
    playable(job)
      ? h(
          "button",
          {
            class: "poster",
            type: "button",
            "aria-label": `Play ${job.id}`,
            onclick: () => play(job.id, true),
          },
          picture,
          h("span", { class: "play" }),
        )
      : h("div", { class: "poster", "aria-hidden": "true" }, `${Math.floor(job.percentDone)} %`),
    h(
      "div",
      {},
      h(
        "div",
        { class: "name" },
        h("b", { title: job.id }, job.id),
        h("span", { class: "state", "data-state": job.state }, job.state),
      ),
      h("progress", { max: 100, value: job.percentDone, "aria-label": `Progress of ${job.id}` }),
      h("p", { class: "quiet" }, jobNote(job)),
      job.error && h("p", { class: "error" }, job.error.message),
    ),
  );
}

function jobNote({ profile, attempt, worker, startedAt, finishedAt, media }) {
  const took =
    startedAt && finishedAt
      ? `${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`
      : undefined;
  const size = media?.width ? `${media.width}×${media.height}` : undefined;
  return [profile, size, attempt > 1 ? `attempt ${attempt}` : undefined, worker, took]
    .filter(Boolean)
    .join(" · ");
}

function play(id, wanted) {
  const job = state.jobs.find((one) => one.id === id);
  if (!job) return;
  playing = id;
  player?.destroy();
  player = undefined;
  const playlist = playlistOf(job);
  const poster = job.outputs.find(({ name }) => name === "poster.jpg");
  if (poster) video.poster = mediaUrl(job, poster.name);
  else video.removeAttribute("poster");
  if (playlist !== undefined && Hls.isSupported()) {
    player = new Hls({ enableWorker: false });
    player.loadSource(mediaUrl(job, playlist));
    player.attachMedia(video);
    for (const event of [Hls.Events.MANIFEST_PARSED, Hls.Events.LEVEL_SWITCHED])
      player.on(event, () => describe(job));
    player.on(Hls.Events.ERROR, (_, error) => {
      if (error.fatal) describe(job, `The player gave up: ${error.details}.`);
    });
  } else {
    video.src = mediaUrl(job, playlist ?? fileOf(job));
  }
  if (wanted) video.play().catch(() => undefined);
  describe(job);
  part("regions", [state.regions, state.jobs, playing], drawRegions);
}

/** What is being played, with its renditions, the one on the screen marked, and every output. */
function describe(job, problem) {
  const levels = player?.levels ?? [];
  const list = byId("playing").querySelector("details");
  byId("playing").replaceChildren(
    h("h3", {}, job.id),
    problem ? h("p", { class: "error", role: "alert" }, problem) : "",
    h(
      "div",
      { class: "chips", "aria-label": "Renditions", role: "list" },
      levels.map((level, index) =>
        h(
          "span",
          { class: "chip", role: "listitem", "data-on": String(index === player.currentLevel) },
          `${level.width}×${level.height}, ${Math.round(level.bitrate / 1000)} kbit/s`,
        ),
      ),
    ),
    h(
      "details",
      { open: list?.open },
      h("summary", {}, `${job.outputs.length} outputs`),
      h(
        "div",
        { class: "outputs" },
        h(
          "table",
          {},
          h(
            "tbody",
            {},
            job.outputs.map((output) =>
              h(
                "tr",
                {},
                h(
                  "td",
                  {},
                  h(
                    "a",
                    { href: mediaUrl(job, output.name), target: "_blank", rel: "noreferrer" },
                    output.name,
                  ),
                ),
                h("td", { class: "number" }, bytes(output.size)),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

function drawBucket(place, { name, location, dataLocations, rpo, storageClass, folders }) {
  const total = folders.reduce((sum, folder) => sum + folder.bytes, 0);
  let from = 0;
  const bars = folders.map((folder, index) => {
    const width = total === 0 ? 0 : (100 * folder.bytes) / total;
    const bar = svg("rect", { x: from, y: 0, width, height: 10, class: `c${index % 4}` });
    from += width;
    return bar;
  });
  const replication =
    rpo === "ASYNC_TURBO"
      ? "turbo replication, asynchronous"
      : dataLocations.length > 0
        ? "asynchronous replication"
        : "";
  place.replaceChildren(
    h("p", { class: "bucket-name" }, `gs://${name}`),
    h(
      "p",
      { class: "quiet" },
      [
        dataLocations.length > 0 ? dataLocations.join(" and ").toLowerCase() : location,
        replication,
        storageClass,
      ]
        .filter(Boolean)
        .join(" · "),
    ),
    h(
      "div",
      { class: "share", "aria-hidden": "true" },
      svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none" }, ...bars),
    ),
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "Prefix"),
          h("th", { class: "number", scope: "col" }, "Objects"),
          h("th", { class: "number", scope: "col" }, "Size"),
        ),
      ),
      h(
        "tbody",
        {},
        folders.map((folder, index) =>
          h(
            "tr",
            {},
            h("td", {}, h("span", { class: `swatch c${index % 4}`, "aria-hidden": "true" }), folder.name),
            h("td", { class: "number" }, String(folder.objects)),
            h("td", { class: "number" }, bytes(folder.bytes)),
          ),
        ),
      ),
    ),
  );
}

function drawEvents(place, events) {
  if (events.length === 0) {
    place.replaceChildren(h("li", { class: "quiet" }, "None yet."));
    return;
  }
  place.replaceChildren(
    ...events.map(({ type, subject, time, region }) => {
      const what = type.slice(type.lastIndexOf(".") + 1);
      return h(
        "li",
        {},
        h("time", { datetime: time }, new Date(time).toLocaleTimeString([], { hour12: false })),
        h(
          "span",
          {},
          h("span", { class: "state", "data-state": what === "started" ? "running" : what }, what),
        ),
        h("span", { title: subject }, subject),
        h("span", { class: "quiet" }, region),
      );
    }),
  );
}

function drawPods(place, pods) {
  place.replaceChildren(
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...["Pod", "Cluster"].map((title) => h("th", { scope: "col" }, title)),
          h("th", { class: "number", scope: "col" }, "Restarts"),
        ),
      ),
      h(
        "tbody",
        {},
        pods.map(({ cluster, name, ready, restarts }) =>
          h(
            "tr",
            {},
            h(
              "td",
              {},
              h("span", {
                class: "dot",
                "data-ready": String(ready),
                role: "img",
                "aria-label": ready ? "ready" : "not ready",
              }),
              name,
            ),
            h("td", {}, cluster),
            h("td", { class: "number" }, String(restarts)),
          ),
        ),
      ),
    ),
  );
}

const stream = new EventSource("/api/stream");
stream.addEventListener("message", ({ data }) => show(JSON.parse(data)));
stream.addEventListener("error", () => {
  if (!state) return;
  byId("problem").hidden = false;
  byId("problem").textContent =
    "The page's server does not answer; it ends with Ctrl-C in the terminal, and what is shown is old.";
});
