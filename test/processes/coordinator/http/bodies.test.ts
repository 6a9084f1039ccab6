import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { claimNext } from "../../../../services/coordinator/index.ts";
import { bodiesAtOnce, bodyLimits } from "../../../../services/coordinator/http/limits.ts";
import { done, serverFor } from "../../../unit/coordinator/server.ts";
import { createWorld, jobRequest, type World, worker } from "../../../unit/coordinator/world.ts";

const open: { apps: FastifyInstance[]; sockets: Socket[] } = { apps: [], sockets: [] };
afterEach(async () => {
  for (const socket of open.sockets.splice(0)) socket.destroy();
  await Promise.all(open.apps.splice(0).map((app) => app.close()));
});

/** Leases of as many jobs, and a server that listens. */
async function scene(jobs: number, changed: (world: World) => FastifyInstance = (world) => serverFor(world)) {
  const world = createWorld();
  world.putObject("mezzanines/clip.mp4");
  const tokens = new Map<string, string>();
  for (let n = 0; n < jobs; n += 1) {
    const id = `job-${n}`;
    world.publish({ ...jobRequest(), id });
    const signal = new AbortController().signal;
    const lease = await claimNext(world.replica(), world.backlog, { worker, waitSeconds: 0 }, signal);
    if (lease === undefined) throw new Error("no lease");
    tokens.set(id, lease.token);
  }
  const app = changed(world);
  open.apps.push(app);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo; // a listening TCP server has one
  /** Sends the head of a request, and what there is of its body. */
  const begin = (id: string, verb: string, length: number | "chunked", body = ""): Socket => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    open.sockets.push(socket);
    const lines = [
      `POST /v1/leases/${id}/${verb} HTTP/1.1`,
      "Host: coordinator",
      `Authorization: Bearer ${tokens.get(id) ?? ""}`,
      "Content-Type: application/json",
      length === "chunked" ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`,
    ];
    socket.setEncoding("utf8").write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    return socket;
  };
  return { world, begin };
}
/** What is answered soon, without the rest of the body. */
async function answerOf(socket: Socket): Promise<string> {
  const [answer] = (await Promise.race([once(socket, "data"), sleep(300).then(() => ["nothing"])])) as [
    string,
  ];
  return answer;
}
/** `none` while the server waits for the rest of the body. */
const statusOf = async (socket: Socket): Promise<string> =>
  /^HTTP\/1\.1 (\d+)/.exec(await answerOf(socket))?.[1] ?? "none";

const largest = bodyLimits.complete;
/** As JSON takes it: with spaces after it. */
const padded = (body: unknown, length: number): string => JSON.stringify(body).padEnd(length);

describe("large bodies", () => {
  it("of one attempt are read up to the largest completion at a time; its small ones go on", async () => {
    const { begin } = await scene(2);
    const first = begin("job-0", "complete", largest, "[");
    expect(await statusOf(first)).toBe("none");
    const second = await answerOf(begin("job-0", "complete", largest, "["));
    expect(second).toMatch(/^HTTP\/1\.1 503/);
    expect(second).toMatch(/retry-after: 1\r/i);
    expect(second).toMatch(/connection: close/i);
    expect(second).toContain("too-many-bodies");
    expect(await statusOf(begin("job-0", "urls", bodiesAtOnce.uncounted + 1, "["))).toBe("503");
    const beat = '{"percentDone":1}';
    expect(await statusOf(begin("job-0", "heartbeat", beat.length, beat))).toBe("200");
    expect(await statusOf(begin("job-1", "complete", largest, "["))).toBe("none");
  });

  it("of all attempts are read up to three of the largest completions at a time", async () => {
    const { begin } = await scene(4);
    const held = [0, 1, 2].map((n) => begin(`job-${n}`, "complete", largest, "["));
    expect(await Promise.all(held.map(statusOf))).toEqual(["none", "none", "none"]);
    expect(await statusOf(begin("job-3", "complete", bodiesAtOnce.uncounted + 1, "["))).toBe("503");
    const few = JSON.stringify({ outputs: [{ name: "a.mp4", contentType: "video/mp4", size: 3 }] });
    expect(await statusOf(begin("job-3", "urls", few.length, few))).toBe("200");
    held[1]?.destroy();
    await sleep(50);
    expect(await statusOf(begin("job-3", "complete", largest, "["))).toBe("none");
  });

  it("in chunks count as the largest that their route takes", async () => {
    const { begin } = await scene(1);
    expect(await statusOf(begin("job-0", "complete", "chunked", "1\r\n[\r\n"))).toBe("none");
    expect(await statusOf(begin("job-0", "complete", bodiesAtOnce.uncounted + 1, "["))).toBe("503");
    expect(await statusOf(begin("job-0", "heartbeat", "chunked", "1\r\n[\r\n"))).toBe("none");
    // A route without a limit of its own.
    expect(await statusOf(begin("job-0", "release", "chunked", "2\r\n{}\r\n0\r\n\r\n"))).toBe("200");
  });

  it("count no more once the largest completion there may be has been answered", async () => {
    const { begin, world } = await scene(1);
    world.upload("a.mp4", 3, 1, "job-0");
    for (let n = 0; n < 3; n += 1) {
      const socket = begin("job-0", "complete", largest, padded(done, largest));
      const [answer] = (await once(socket, "data")) as [string];
      expect(answer).toMatch(/^HTTP\/1\.1 200/);
    }
  });

  const endings: Record<string, (begin: Awaited<ReturnType<typeof scene>>["begin"]) => Promise<unknown>> = {
    "its sender has hung up": async (begin) => {
      const socket = begin("job-0", "complete", largest, "[");
      await sleep(50);
      socket.destroy();
      await sleep(50);
    },
    "it was no JSON": (begin) => once(begin("job-0", "complete", largest, "[".padEnd(largest)), "data"),
    "it does not follow its schema": (begin) =>
      once(begin("job-0", "complete", largest, padded({}, largest)), "data"),
    "its chunks were too long": async (begin) => {
      const chunk = `${(largest + 1).toString(16)}\r\n${" ".repeat(largest + 1)}\r\n`;
      await once(begin("job-0", "complete", "chunked", chunk), "data");
    },
  };
  it.each(Object.entries(endings))("count no more once %s", async (_how, end) => {
    const { begin } = await scene(1);
    for (let n = 0; n < 4; n += 1) await end(begin);
    expect(await statusOf(begin("job-0", "complete", largest, "["))).toBe("none");
  });

  it("count until they are dealt with, though their sender has hung up", async () => {
    const held = Promise.withResolvers<undefined>();
    const { begin } = await scene(1, (world) => {
      const broker = world.replica();
      const read: typeof broker.records.read = async (id) => {
        await held.promise;
        return broker.records.read(id);
      };
      return serverFor(world, {}, { ...broker, records: { ...broker.records, read } });
    });
    const socket = begin("job-0", "complete", largest, padded(done, largest));
    await sleep(500);
    socket.destroy();
    await sleep(100);
    expect(await statusOf(begin("job-0", "complete", largest, "["))).toBe("503");
    held.resolve(undefined);
    await sleep(100);
    expect(await statusOf(begin("job-0", "complete", largest, "["))).toBe("none");
  });
});
