import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { certificateAuthority } from "../../../services/certificates/index.ts";

/** What callers without a credential may take of the process that answers everybody. */
const largestShare = 0.05;
const largestGrowth = 32 * 1024 * 1024;
const seconds = 6;
/** Connections of the attacker, each opened anew whenever it ends. */
const lanes = 100;
const lawful = "lawful-token";

let apiServer: Server;
let directory: string;
let coordinator: ChildProcess;
let at: { port: number; jobId: string; token: string };
let reviews = 0;

beforeAll(async () => {
  const authority = await certificateAuthority("cluster");
  const { certificate, key } = await authority.issue({ commonName: "kubernetes", hosts: ["127.0.0.1"] });
  apiServer = createServer({ cert: certificate, key }, (request, response) => {
    void json(request).then((body) => {
      reviews += 1;
      const { spec } = body as { spec: { token: string } };
      const isGood = spec.token === lawful;
      response.writeHead(201, { "content-type": "application/json" });
      response.end(
        JSON.stringify({
          status: {
            authenticated: isGood,
            user: {
              username: isGood ? "system:serviceaccount:encoders:encoder" : "",
              extra: {
                "authentication.kubernetes.io/pod-name": ["encoder-1"],
                "authentication.kubernetes.io/pod-uid": ["00000000-0000-4000-8000-000000000001"],
              },
            },
            audiences: ["mpegflow-coordinator"],
          },
        }),
      );
    });
  }).listen(0, "127.0.0.1");
  await once(apiServer, "listening");
  directory = await mkdtemp(join(tmpdir(), "load-"));
  const [tokenFile, caFile] = [join(directory, "token"), join(directory, "ca.crt")];
  await Promise.all([writeFile(tokenFile, "own"), writeFile(caFile, authority.certificate)]);
  const api = `https://127.0.0.1:${(apiServer.address() as AddressInfo).port}`; // a listening TCP server has one
  const program = fileURLToPath(new URL("coordinator-process.ts", import.meta.url));
  coordinator = fork(program, [api, tokenFile, caFile], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  if (coordinator.stdout === null) throw new Error("the coordinator has no output");
  const [line] = (await once(createInterface({ input: coordinator.stdout }), "line")) as [string];
  at = JSON.parse(line) as typeof at;
  await lawfulLoad(3);
});
afterAll(async () => {
  coordinator.kill();
  apiServer.closeAllConnections();
  apiServer.close();
  await rm(directory, { recursive: true });
});

/** Milliseconds of processor time that the coordinator has used. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function processorMs(): number {
  const fields = readFileSync(`/proc/${coordinator.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
function residentBytes(): number {
  const status = readFileSync(`/proc/${coordinator.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

/** What workers and clients ask, one call after another. @returns how many calls were answered 200, and otherwise */
async function lawfulLoad(forSeconds: number): Promise<{ good: number; bad: number; longestMs: number }> {
  const until = performance.now() + forSeconds * 1000;
  const counted = { good: 0, bad: 0, longestMs: 0 };
  const outputs = Array.from({ length: 64 }, (_, n) => ({
    name: `hls/720p/segment-${n}.m4s`,
    contentType: "video/mp4",
    size: n,
  }));
  const lane = async (path: string, token: string, body?: unknown): Promise<void> => {
    while (performance.now() < until) {
      const started = performance.now();
      const response = await fetch(`http://127.0.0.1:${at.port}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      await response.arrayBuffer();
      counted[response.status === 200 ? "good" : "bad"] += 1;
      counted.longestMs = Math.max(counted.longestMs, performance.now() - started);
      await sleep(20);
    }
  };
  await Promise.all([
    lane(`/v1/leases/${at.jobId}/urls`, at.token, { outputs }),
    lane(`/v1/leases/${at.jobId}/heartbeat`, at.token, { percentDone: 5 }),
    lane("/v1/jobs?pageSize=1", lawful),
  ]);
  return counted;
}

type Attack = (socket: Socket, lane: number, turn: number) => void;
const post = (path: string, authorization: string, ...more: string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    "Host: c",
    `Authorization: Bearer ${authorization}`,
    "Content-Type: application/json",
    ...more,
    "\r\n",
  ].join("\r\n");
const chunk = Buffer.from(`10000\r\n${"[".repeat(65_536)}\r\n`);
const complete = "/v1/leases/job-1/complete";

/** Writes until the connection ends. */
const pour = (socket: Socket, what: Buffer): void => {
  const more = (): void => {
    while (socket.writable && socket.write(what));
  };
  socket.on("drain", more);
  more();
};
/** Writes a bit now and then. */
const drip = (socket: Socket, what: string): void => {
  const timer = setInterval(() => socket.writable && socket.write(what), 100);
  socket.once("close", () => {
    clearInterval(timer);
  });
};

const attacks: Readonly<Record<string, Attack>> = {
  "large bodies": (socket) => {
    socket.write(post(complete, "x", `Content-Length: ${16 * 1024 * 1024}`));
    pour(socket, Buffer.alloc(65_536, "{},"));
  },
  "endless chunks": (socket) => {
    socket.write(post(complete, "x", "Transfer-Encoding: chunked"));
    pour(socket, chunk);
  },
  "slow chunks": (socket) => {
    socket.write(post("/v1/jobs", "x", "Transfer-Encoding: chunked"));
    drip(socket, "1\r\n[\r\n");
  },
  "many small bodies": (socket) => {
    socket.write(post("/v1/leases/job-1/heartbeat", "x", "Content-Length: 2") + "{}");
  },
  "broken JSON": (socket) => {
    socket.write(post("/v1/jobs", "x", "Content-Length: 8") + '{"a":{{{');
  },
  "pipelined requests": (socket) => {
    socket.write(post("/v1/leases/job-1/heartbeat", "x", "Content-Length: 0").repeat(200));
  },
  "another token with each request": (socket, lane, turn) => {
    socket.write(post("/v1/leases", `bad-${lane}-${turn}`, "Content-Length: 2") + "{}");
  },
  "huge tokens": (socket, lane, turn) => {
    socket.write(post("/v1/leases", `${lane}-${turn}-${"x".repeat(15_000)}`, "Content-Length: 2") + "{}");
  },
  "floods of headers": (socket) => {
    socket.write(`GET / HTTP/1.1\r\nHost: c\r\n`);
    pour(socket, Buffer.from(`X-Header: ${"x".repeat(1000)}\r\n`.repeat(60)));
  },
  "headers one by one": (socket) => {
    socket.write("GET / HTTP/1.1\r\n");
    drip(socket, "X-Header: x\r\n");
  },
  "connections that say nothing": () => undefined,
  "half-closed connections": (socket) => {
    socket.end(post("/v1/leases", "x", "Content-Length: 5"));
  },
  "what is no HTTP": (socket) => {
    socket.write("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20));
  },
  "health checks": (socket) => {
    socket.write("GET /readyz HTTP/1.1\r\nHost: c\r\n\r\n");
  },
  metrics: (socket) => {
    socket.write("GET /metrics HTTP/1.1\r\nHost: c\r\n\r\n");
  },
};

/** Attacks from another address, on as many connections as there are lanes, until stopped. */
function start(attack: Attack): () => void {
  let isStopped = false;
  const sockets = new Set<Socket>();
  const run = (lane: number, turn: number): void => {
    if (isStopped) return;
    const socket = connect({ host: "127.0.0.1", port: at.port, localAddress: "127.0.0.2" });
    sockets.add(socket);
    socket.on("error", () => undefined).on("data", () => undefined);
    socket.once("connect", () => {
      attack(socket, lane, turn);
    });
    socket.once("close", () => {
      sockets.delete(socket);
      setImmediate(run, lane, turn + 1);
    });
  };
  for (let lane = 0; lane < lanes; lane += 1) run(lane, 0);
  return () => {
    isStopped = true;
    for (const socket of sockets) socket.destroy();
  };
}

describe("a caller without a credential", () => {
  it.each(Object.keys(attacks))("takes next to nothing of the coordinator by %s", async (name) => {
    const attack = attacks[name];
    if (attack === undefined) throw new Error("no such attack");
    const [memory, asked] = [residentBytes(), reviews];
    let peak = memory;
    const watch = setInterval(() => {
      peak = Math.max(peak, residentBytes());
    }, 50);
    const stop = start(attack);
    // The allowance of the address is spent at once, and comes back slowly.
    await sleep(1000);
    const before = processorMs();
    await sleep(seconds * 1000);
    const share = (processorMs() - before) / (seconds * 1000);
    const load = await lawfulLoad(2);
    stop();
    clearInterval(watch);
    process.stdout.write(
      `${name}: ${(share * 100).toFixed(1)} % of a core, ${((peak - memory) / 2 ** 20).toFixed(1)} MiB, ${reviews - asked} reviews, ${load.good} lawful calls, the longest ${load.longestMs.toFixed(0)} ms\n`,
    );
    expect(share).toBeLessThanOrEqual(largestShare);
    expect(peak - memory).toBeLessThanOrEqual(largestGrowth);
    expect(load.bad).toBe(0);
    expect(load.good).toBeGreaterThan(30);
    // The burst of an address, what comes back to it meanwhile, and those under way.
    expect(reviews - asked).toBeLessThan(200);
    // Ends what lingers.
    await sleep(2500);
  });
});
