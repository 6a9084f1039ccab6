import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { resourceGraph } from "../../../../tools/local/page/graph.ts";
import type { Observer, Snapshot } from "../../../../tools/local/page/observer.ts";
import { servePage, type Page } from "../../../../tools/local/page/server.ts";
import { jobRecordSchema } from "../../../../services/protocol/index.ts";

const urn = (type: string, name: string) => `urn:pulumi:local::mpegflow-gcs::${type}::${name}`;
const stack = {
  urn: urn("pulumi:pulumi:Stack", "s"),
  type: "pulumi:pulumi:Stack",
  custom: false,
  dependencies: [],
};
const component = (kind: string, name: string, parent: string) => ({
  ...{ urn: urn(`mpegflow-gcs:index:${kind}`, name), type: `mpegflow-gcs:index:${kind}` },
  ...{ custom: false, parent, dependencies: [] },
});
const resource = (type: string, name: string, parent: string, dependencies: readonly string[] = []) => ({
  ...{ urn: urn(type, name), type, custom: true, id: name, parent, dependencies },
});

describe("the graph of resources", () => {
  const platform = component("MpegFlowPlatform", "m", stack.urn);
  const media = component("MediaBucket", "media", platform.urn);
  const pool = component("EncoderPool", "pool", platform.urn);
  const bucket = resource("gcp:storage/bucket:Bucket", "media", media.urn);
  const provider = resource("pulumi:providers:gcp", "google", stack.urn);
  const state = [
    ...[stack, provider, platform, media, pool, bucket],
    resource("gcp:storage/bucketIAMMember:BucketIAMMember", "a", pool.urn, [bucket.urn, provider.urn]),
    resource("gcp:storage/bucketIAMMember:BucketIAMMember", "b", pool.urn, [bucket.urn, "urn:gone"]),
    resource("gcp:pubsub/topic:Topic", "loose", stack.urn),
  ];

  it("has a card for each component that made something, and one for what belongs to none", () => {
    const { groups } = resourceGraph(state);
    expect(groups.map(({ kind, name, resources }) => [kind, name, resources.length])).toEqual([
      ["MediaBucket", "media", 1],
      ["EncoderPool", "pool", 2],
      ["Stack", "s", 1],
    ]);
  });

  it("sums up dependencies between components, and puts what depends to the right", () => {
    const { groups, edges } = resourceGraph(state);
    expect(edges).toEqual([{ from: media.urn, to: pool.urn, count: 2 }]);
    expect(groups.map(({ layer }) => layer)).toEqual([0, 1, 0]);
  });

  it("comes to an end where components depend on each other", () => {
    const first = resource("gcp:pubsub/topic:Topic", "x", media.urn, [urn("gcp:pubsub/topic:Topic", "y")]);
    const second = resource("gcp:pubsub/topic:Topic", "y", pool.urn, [first.urn]);
    const { groups, edges } = resourceGraph([stack, platform, media, pool, first, second]);
    expect(edges.length).toBe(2);
    expect(Math.max(...groups.map(({ layer }) => layer))).toBe(1);
  });
});

describe("the page's server", () => {
  const record = jobRecordSchema.parse({
    ...{ version: 1, state: "succeeded", attempt: 1, createdAt: "2026-01-01T00:00:00Z" },
    request: { id: "j-1", input: "gs://media/in.mp4", outputPrefix: "gs://media/outputs/j-1/" },
    outputs: [
      {
        ...{ name: "hls/master.m3u8", uri: "gs://media/outputs/j-1/1/hls/master.m3u8", generation: "1" },
        ...{ contentType: "application/vnd.apple.mpegurl", size: 7 },
      },
    ],
  });
  const snapshot = { stack: "local", jobs: [], events: [] } as unknown as Snapshot;
  let listeners: (() => void)[] = [];
  const observer: Observer = {
    snapshot: () => snapshot,
    record: (id) => (id === "j-1" ? record : undefined),
    onChange: (listener) => {
      listeners.push(listener);
      return () => (listeners = listeners.filter((one) => one !== listener));
    },
    close: () => Promise.resolve(),
  };
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const serve = async (): Promise<Page> => {
    const store = createServer((asked, answer) => {
      const { range } = asked.headers;
      if (range === undefined) answer.end("#EXTM3U");
      else answer.writeHead(206, { "content-range": "bytes 0-1/7" }).end("#E");
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => store.once("listening", resolve));
    const address = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
    const page = await servePage(observer, (uri) =>
      Promise.resolve({
        ...{ method: "GET", headers: {}, expiresAt: "2026-01-01T00:00:00Z" },
        url: `${address}/${encodeURIComponent(uri)}`,
      }),
    );
    closing.push(
      () => page.close(),
      () => new Promise((resolve) => store.close(resolve)),
    );
    return page;
  };

  it.each(["/", "/page.js", "/drawing.js", "/page.css", "/hls.js"])(
    "serves %s, and lets it load from nowhere else",
    async (path) => {
      const response = await fetch((await serve()).url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      const text = await response.text();
      expect(text.length).toBeGreaterThan(500);
      if (path !== "/hls.js")
        expect(text.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:\/\//);
    },
  );

  it("gives a job's outputs through signed requests, whole or in part, and nothing else", async () => {
    const { url } = await serve();
    const whole = await fetch(`${url}/media/j-1/hls/master.m3u8`);
    expect([whole.headers.get("content-type"), await whole.text()]).toEqual([
      "application/vnd.apple.mpegurl",
      "#EXTM3U",
    ]);
    const part = await fetch(`${url}/media/j-1/hls/master.m3u8`, { headers: { range: "bytes=0-1" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 0-1/7"]);
    for (const other of ["j-1/hls/other.m3u8", "j-2/hls/master.m3u8", "j-1/..%2f..%2fsecret"])
      expect((await fetch(`${url}/media/${other}`)).status).toBe(404);
  });

  it("streams the state at once and at each change", async () => {
    const response = await fetch(`${(await serve()).url}/api/stream`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe(`data: ${JSON.stringify(snapshot)}\n\n`);
    listeners.forEach((listener) => {
      listener();
    });
    expect((await reader?.read())?.value).toContain('"stack":"local"');
    await reader?.cancel();
  });

  it("does not answer to another host's name", async () => {
    const { url } = await serve();
    const status = await new Promise((resolve) => {
      request(url, { headers: { host: "evil.example" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });
});
