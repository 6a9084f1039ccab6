import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectByTls } from "node:tls";
import type { FastifyInstance } from "fastify";
import { Agent, fetch } from "undici";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type Authenticate, Problem } from "../../../../services/coordinator/index.ts";
import { connectionLimits, strangerAllowance } from "../../../../services/coordinator/http/limits.ts";
import { certificateAuthority } from "../../../../services/certificates/index.ts";
import type { ServerState } from "../../../../services/coordinator/index.ts";
import { leased, serverFor } from "../../../unit/coordinator/server.ts";
import { createWorld, type World, worldWithJob } from "../../../unit/coordinator/world.ts";

const mebibyte = 1024 * 1024;
/** Knows `ROLE-token`, and asks nobody else. */
const byRole: Authenticate = (role, token) =>
  token === `${role}-token`
    ? Promise.resolve({ subject: role })
    : Promise.reject(new Problem(401, "unauthenticated", "no"));

const authority = await certificateAuthority("ca");
const { certificate: cert, key } = await authority.issue({ commonName: "coordinator", hosts: ["127.0.0.1"] });

const dispatcher = new Agent({ connect: { ca: authority.certificate } });
const open: { apps: FastifyInstance[]; sockets: Socket[] } = { apps: [], sockets: [] };
afterEach(() => {
  for (const socket of open.sockets.splice(0)) socket.destroy();
});
// All at once: a connection whose body was refused is kept for a second.
afterAll(async () => {
  await Promise.all(open.apps.map((app) => app.close()));
});
async function listening(app: FastifyInstance): Promise<number> {
  open.apps.push(app);
  await app.listen({ host: "127.0.0.1", port: 0 });
  return (app.server.address() as AddressInfo).port; // a listening TCP server has one
}
const head = (method: string, path: string, token: string | undefined, ...more: string[]): string =>
  [
    `${method} ${path} HTTP/1.1`,
    "Host: coordinator",
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    "Content-Type: application/json",
    ...more,
    "\r\n",
  ].join("\r\n");

describe.each(["http", "https"] as const)("by %s", (protocol) => {
  const isTls = protocol === "https";
  const server = (world: World, changed?: Partial<ServerState>): FastifyInstance =>
    serverFor(world, changed, undefined, isTls ? { cert, key } : undefined);
  const leasedHere = (world = worldWithJob()) => leased(world, server(world));
  function dial(port: number, localAddress = "127.0.0.1"): Socket {
    const to = { host: "127.0.0.1", port, localAddress };
    const socket = isTls ? connectByTls({ ...to, ca: authority.certificate }) : connect(to);
    socket.on("error", () => undefined);
    open.sockets.push(socket);
    return socket;
  }
  /** Sends the head, then as much of a body as is taken, until there is an answer. */
  async function flood(port: number, start: string, chunk: Buffer, most: number) {
    const socket = dial(port);
    const answered = once(socket.setEncoding("utf8"), "data") as Promise<[string]>;
    const isAnswered = answered.then(() => true);
    socket.write(start);
    for (let sent = 0; sent < most; sent += chunk.length) {
      if (await Promise.race([isAnswered, sleep(1).then(() => false)])) break;
      if (!socket.write(chunk)) await Promise.race([once(socket, "drain"), isAnswered]);
    }
    const [answer] = await answered;
    // What goes on after the answer is not read either.
    for (let more = 0; more < 32 && socket.writable; more += 1) socket.write(chunk);
    await sleep(50);
    return { answer, status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]) };
  }

  describe("a body whose sender is unknown", () => {
    const posts = [
      ["/v1/jobs", "x"],
      ["/v1/jobs/job-1/cancel", undefined],
      ["/v1/leases", "x"],
      ...["urls", "heartbeat", "complete", "fail", "release"].map(
        (verb) => [`/v1/leases/job-1/${verb}`, "x"] as const,
      ),
      ...["", "/parts", "/complete", "/abort"].map(
        (part) => [`/v1/leases/job-1/multipart${part}`, "x"] as const,
      ),
      ["/v1/leases/job-1/complete", undefined],
      ["/nowhere", "x"],
    ] as const;

    it.each(posts)("is not read at POST %s with the token %s", async (path, token) => {
      const app = server(worldWithJob(), { authenticate: byRole });
      const read: Socket[] = [];
      app.server.on(isTls ? "secureConnection" : "connection", (socket: Socket) => read.push(socket));
      const port = await listening(app);
      const length = `Content-Length: ${16 * mebibyte}`;
      const { answer, status } = await flood(
        port,
        head("POST", path, token, length),
        Buffer.alloc(65_536, "["),
        16 * mebibyte,
      );
      expect(status).toBe(path === "/nowhere" ? 413 : 401);
      expect(answer.toLowerCase()).toContain("connection: close");
      // What one read of the socket brings beside the headers, and what was on its way.
      expect(read[0]?.bytesRead).toBeLessThan(mebibyte);
    });

    it("is not read of a completion whose lease ended more than 15 minutes ago", async () => {
      const { app, lease, world } = await leasedHere();
      const read: Socket[] = [];
      app.server.on(isTls ? "secureConnection" : "connection", (socket: Socket) => read.push(socket));
      const port = await listening(app);
      world.advance(60 + 15 * 60 + 1);
      const start = head(
        "POST",
        "/v1/leases/job-1/complete",
        lease.token,
        `Content-Length: ${16 * mebibyte}`,
      );
      const { answer, status } = await flood(port, start, Buffer.alloc(65_536, "["), 16 * mebibyte);
      expect(status).toBe(409);
      expect(answer).toContain("lease-lost");
      expect(read[0]?.bytesRead).toBeLessThan(mebibyte);
    });

    it("is not read in chunks either", async () => {
      const port = await listening(server(worldWithJob(), { authenticate: byRole }));
      const chunk = Buffer.from(`10000\r\n${"[".repeat(65_536)}\r\n`);
      const chunked = head("POST", "/v1/leases/job-1/complete", "x", "Transfer-Encoding: chunked");
      expect((await flood(port, chunked, chunk, 16 * mebibyte)).status).toBe(401);
    });

    it("is not read when its sender is known and it is larger than the route's largest", async () => {
      const { app, lease } = await leasedHere();
      const port = await listening(app);
      const length = `Content-Length: ${16 * mebibyte}`;
      const start = head("POST", "/v1/leases/job-1/heartbeat", lease.token, length);
      expect((await flood(port, start, Buffer.alloc(65_536, "["), 16 * mebibyte)).status).toBe(413);
    });

    it("does not make a refused caller lose the answer", async () => {
      const port = await listening(server(worldWithJob(), { authenticate: byRole }));
      for (let n = 0; n < 5; n += 1) {
        const response = await fetch(`${protocol}://127.0.0.1:${port}/v1/leases/job-1/complete`, {
          method: "POST",
          headers: { authorization: "Bearer x", "content-type": "application/json" },
          body: Buffer.alloc(4 * mebibyte, "["),
          dispatcher,
        });
        expect(response.status).toBe(401);
        expect(await response.text()).toContain("bad-token");
      }
    });
  });

  describe("a connection", () => {
    it("carries one request of a stranger, and many of who is known", async () => {
      const { app, lease } = await leasedHere();
      const port = await listening(app);
      const twice = async (request: string): Promise<number> => {
        const socket = dial(port);
        let answers = "";
        socket.setEncoding("utf8").on("data", (text: string) => (answers += text));
        socket.write(request);
        await sleep(100);
        if (socket.writable) socket.write(request);
        await sleep(100);
        return answers.match(/HTTP\/1\.1 \d+/g)?.length ?? 0;
      };
      const body = '{"percentDone":1}';
      const beat =
        head("POST", "/v1/leases/job-1/heartbeat", lease.token, `Content-Length: ${body.length}`) + body;
      expect(await twice(head("GET", "/healthz", undefined))).toBe(1);
      expect(await twice(head("GET", "/v1/leases", undefined))).toBe(1);
      expect(await twice(beat)).toBe(2);
    });

    it("takes no more of the requests that a stranger sends in one packet, and all of who is known", async () => {
      const { app, lease } = await leasedHere();
      let taken = 0;
      app.server.on("request", () => (taken += 1));
      const port = await listening(app);
      const many = 20;
      dial(port).write(
        head("POST", "/v1/leases/job-1/heartbeat", "x", "Content-Length: 0").repeat(10 * many),
      );
      await sleep(200);
      expect(taken).toBe(1);
      const body = '{"percentDone":1}';
      const beat =
        head("POST", "/v1/leases/job-1/heartbeat", lease.token, `Content-Length: ${body.length}`) + body;
      const socket = dial(port);
      let answers = "";
      socket.setEncoding("utf8").on("data", (text: string) => (answers += text));
      socket.write(beat.repeat(many));
      await sleep(1500);
      expect(taken).toBe(1 + many);
      expect(answers.match(/HTTP\/1\.1 200/g)?.length).toBe(many);
    });

    it("of a stranger waits unread while their address has as many as it may", async () => {
      const { app, lease } = await leasedHere();
      const port = await listening(app);
      const silent = Array.from({ length: connectionLimits.strangersPerAddress + 20 }, () =>
        dial(port, "127.0.0.9"),
      );
      await Promise.all(silent.map((socket) => once(socket, "connect")));
      await sleep(50);
      const body = '{"percentDone":1}';
      const ask = async (from: string, patienceMs = 4000): Promise<string> => {
        const socket = dial(port, from);
        socket.setEncoding("utf8");
        socket.write(
          head("POST", "/v1/leases/job-1/heartbeat", lease.token, `Content-Length: ${body.length}`) + body,
        );
        const [first] = (await Promise.race([
          once(socket, "data"),
          sleep(patienceMs).then(() => ["nothing"]),
        ])) as [string];
        return first.slice(0, 12);
      };
      expect(await ask("127.0.0.9", 300)).toBe("nothing");
      expect(await ask("127.0.0.1")).toBe("HTTP/1.1 200");
      for (const socket of silent.slice(0, 30)) socket.destroy();
      await sleep(50);
      expect(await ask("127.0.0.9")).toBe("HTTP/1.1 200");
    });

    it("of a lawful caller has a place, though a few addresses have taken all and want more", async () => {
      const { app, lease } = await leasedHere();
      const port = await listening(app);
      const floods = ["127.0.0.7", "127.0.0.8", "127.0.0.9"];
      const silent = floods.flatMap((from) =>
        Array.from({ length: connectionLimits.strangersPerAddress + 40 }, () => dial(port, from)),
      );
      await Promise.all(silent.map((socket) => once(socket, "connect")));
      await sleep(50);
      // Whoever floods dials again for each connection that ends, and so is always the newest.
      for (const socket of silent)
        socket.once("close", () => {
          if (open.sockets.length > 0) dial(port, socket.localAddress ?? "127.0.0.9");
        });
      const body = '{"percentDone":1}';
      const answered = await Promise.all(
        ["127.0.0.1", "127.0.0.2", "127.0.0.3"].map(async (from) => {
          const socket = dial(port, from);
          const started = performance.now();
          socket.setEncoding("utf8");
          socket.write(
            head("POST", "/v1/leases/job-1/heartbeat", lease.token, `Content-Length: ${body.length}`) + body,
          );
          const [first] = (await Promise.race([
            once(socket, "data"),
            sleep(6000).then(() => ["nothing"]),
          ])) as [string];
          return { first: first.slice(0, 12), isSoon: performance.now() - started < 3000 };
        }),
      );
      expect(answered).toEqual(answered.map(() => ({ first: "HTTP/1.1 200", isSoon: true })));
    }, 20_000);

    it("of one caller beyond what one may keep is closed with its answer, until another has ended", async () => {
      const { app, lease } = await leasedHere();
      const port = await listening(app);
      const body = '{"percentDone":1}';
      const beat =
        head("POST", "/v1/leases/job-1/heartbeat", lease.token, `Content-Length: ${body.length}`) + body;
      const ask = async (): Promise<{ socket: Socket; answer: string }> => {
        const socket = dial(port);
        socket.setEncoding("utf8").write(beat);
        const [answer] = (await once(socket, "data")) as [string];
        return { socket, answer };
      };
      const kept = await Promise.all(Array.from({ length: connectionLimits.trustedPerCaller }, ask));
      expect(kept.filter(({ answer }) => /connection: close/i.test(answer))).toEqual([]);
      for (let n = 0; n < 3; n += 1) {
        const { socket, answer } = await ask();
        expect(answer).toMatch(/^HTTP\/1\.1 200/);
        expect(answer).toMatch(/connection: close/i);
        if (!socket.readableEnded) await once(socket, "end");
      }
      for (const { socket } of kept) expect(socket.readableEnded).toBe(false);
      kept[0]?.socket.destroy();
      await sleep(100);
      expect((await ask()).answer).not.toMatch(/connection: close/i);
      // Probes are not concerned.
      const health = dial(port).setEncoding("utf8");
      health.write(head("GET", "/healthz", undefined));
      expect(((await once(health, "data")) as [string])[0]).toMatch(/^HTTP\/1\.1 200/);
    });

    it("ends with the answer that its caller asks too much", async () => {
      const port = await listening(
        server(worldWithJob(), {
          authenticate: byRole,
          clientRequestsPerMinute: 2,
          rates: { worker: 100, lease: 100, scaler: 100, anybody: 100 },
        }),
      );
      const socket = dial(port).setEncoding("utf8");
      const answers: string[] = [];
      for (let n = 0; n < 3; n += 1) {
        socket.write(head("GET", "/v1/jobs/job-9", "client-token"));
        answers.push(((await once(socket, "data")) as [string])[0]);
      }
      expect(answers.map((answer) => answer.slice(9, 12))).toEqual(["404", "404", "429"]);
      expect(answers.map((answer) => /connection: close/i.test(answer))).toEqual([false, false, true]);
      if (!socket.readableEnded) await once(socket, "end");
    });

    it("that waits does not keep the server from closing", async () => {
      const app = server(createWorld());
      const port = await listening(app);
      const silent = Array.from({ length: connectionLimits.strangersPerAddress + 5 }, () => dial(port));
      await Promise.all(silent.map((socket) => once(socket, "connect")));
      for (const socket of silent.slice(0, connectionLimits.strangersPerAddress)) socket.destroy();
      await app.close();
    });
  });
});

describe("refusals", () => {
  it("come later once an address has had its allowance, and only there", async () => {
    const port = await listening(serverFor(worldWithJob(), { authenticate: byRole }));
    const timed = async (token: string, from: string): Promise<{ status: string; ms: number }> => {
      const socket = connect({ host: "127.0.0.1", port, localAddress: from });
      const started = performance.now();
      socket.setEncoding("utf8").write(head("GET", "/v1/jobs/job-1", token));
      const [answer] = (await once(socket, "data")) as [string];
      return { status: answer.slice(9, 12), ms: performance.now() - started };
    };
    // Some more than there are, since a little comes back meanwhile.
    const burst = Array.from({ length: strangerAllowance.burst + 20 }, () => timed("x", "127.0.0.9"));
    await Promise.all(burst.slice(0, 80));
    const [late, other, known] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, () => timed("x", "127.0.0.9"))),
      timed("x", "127.0.0.1"),
      timed("client-token", "127.0.0.9"),
    ]);
    expect(late.map(({ status }) => status)).toEqual(late.map(() => "401"));
    expect(late.filter(({ ms }) => ms > 1500).length).toBeGreaterThan(5);
    expect(other.status).toBe("401");
    expect(other.ms).toBeLessThan(1000);
    expect(known.status).toBe("404");
    expect(known.ms).toBeLessThan(1000);
  });
});
