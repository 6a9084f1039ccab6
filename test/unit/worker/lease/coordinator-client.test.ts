import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { coordinatorClient } from "../../../../services/worker/lease/coordinator-client.ts";
import type { CoordinatorClient } from "../../../../services/worker/lease/coordinator-client.ts";

const worker = { id: "w", region: "us-central1" };
const lease = { jobId: "job-1", token: "t0" };

let server: Server;
let client: CoordinatorClient;
let seen: { path: string | undefined; authorization: string | undefined; body: unknown }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const answers = (status: number, body?: unknown) => {
  answer = (_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
};
const refuses = (status: number, code: string) => {
  answers(status, { error: { code, message: "because" } });
};

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      seen.push({ path: request.url, authorization: request.headers.authorization, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = coordinatorClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await client.close();
});

const expiresAt = "2026-01-01T00:00:00.000Z";
const signed = { method: "GET", url: "http://store/bucket/o?X-Goog-Signature=abc", headers: {}, expiresAt };

describe("asking for a lease", () => {
  it("opens a connection each time, as no other call does, so that a Service leads to every replica in the end", async () => {
    let connections = 0;
    server.on("connection", () => (connections += 1));
    answers(204);
    for (let time = 0; time < 3; time += 1) await client.lease({ worker, waitSeconds: 0 });
    expect(connections).toBe(3);
    answers(200, { token: "t1", expiresAt });
    for (let time = 0; time < 10; time += 1) await client.heartbeat(lease, { percentDone: 1 });
    expect(connections).toBeLessThan(3 + 5);
  });

  it("takes a wait in fractions of a second, as what is left of a worker's idle time", async () => {
    answers(204);
    await expect(client.lease({ worker, waitSeconds: 14.999963686 })).resolves.toBeUndefined();
    expect(seen).toMatchObject([{ path: "/v1/leases", body: { waitSeconds: 14.999963686 } }]);
  });

  it("sends the worker's own token as the file has it now, and with no other call", async () => {
    const directory = await mkdtemp(join(tmpdir(), "token-"));
    const file = join(directory, "token");
    const proven = coordinatorClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      tokenFile: file,
    });
    answers(204);
    for (const token of ["first", "second"]) {
      await writeFile(file, `${token}\n`);
      await proven.lease({ worker, waitSeconds: 0 });
    }
    answers(200, { state: "queued", attempt: 1 });
    await proven.release(lease);
    expect(seen.map(({ authorization }) => authorization)).toEqual([
      "Bearer first",
      "Bearer second",
      "Bearer t0",
    ]);
    await proven.close();
    await rm(directory, { recursive: true });
  });

  it("waits for a token that is not mounted yet, and names the variable", async () => {
    const proven = coordinatorClient("http://127.0.0.1:1", { tokenFile: "/absent/token" });
    const asked = proven.lease({ worker, waitSeconds: 0 });
    await expect(asked).rejects.toMatchObject({ kind: "away" });
    await expect(asked).rejects.toThrow("MPEGFLOW_COORDINATOR_TOKEN_FILE cannot be read");
    await proven.close();
  });

  it("is refused, not lost, when the token is not good", async () => {
    refuses(401, "unauthenticated");
    await expect(client.lease({ worker, waitSeconds: 0 })).rejects.toMatchObject({ kind: "refused" });
  });

  it("gives the lease", async () => {
    const request = { id: "job-1", input: "gs://bucket/in", outputPrefix: "gs://bucket/out/" };
    answers(200, {
      ...{ jobId: "job-1", attempt: 1, token: "t", expiresAt, heartbeatSeconds: 5 },
      ...{ request: { ...request, profile: "hls-h264", labels: {} }, input: signed },
    });
    expect(await client.lease({ worker, waitSeconds: 0 })).toMatchObject({ jobId: "job-1", attempt: 1 });
    expect(seen).toEqual([
      { path: "/v1/leases", authorization: undefined, body: { worker, waitSeconds: 0 } },
    ]);
  });

  it("gives nothing when there is none", async () => {
    answers(204);
    expect(await client.lease({ worker, waitSeconds: 0 })).toBeUndefined();
  });

  it("ends with the signal's reason when called off", async () => {
    const stop = new AbortController();
    answer = () => {
      stop.abort(new Error("draining"));
    };
    await expect(client.lease({ worker, waitSeconds: 20 }, stop.signal)).rejects.toThrow("draining");
  });
});

describe("a call with a lease", () => {
  it("carries the lease's token", async () => {
    answers(200, { token: "t1", expiresAt });
    expect(await client.heartbeat(lease, { percentDone: 12 })).toEqual({ token: "t1", expiresAt });
    expect(seen).toEqual([
      { path: "/v1/leases/job-1/heartbeat", authorization: "Bearer t0", body: { percentDone: 12 } },
    ]);
  });

  it.each([
    [409, "lease-lost", "lease-lost"],
    [401, "bad-token", "lease-lost"],
    [404, "not-found", "lease-lost"],
    [409, "other-conflict", "refused"],
    [400, "invalid", "refused"],
    [429, "slow-down", "away"],
    [500, "internal", "away"],
    [503, "draining", "away"],
  ])("answered %i %s is %s", async (status, code, kind) => {
    refuses(status, code);
    await expect(client.release(lease)).rejects.toMatchObject({ kind, message: `${code}: because` });
  });

  it("answered by something else than the coordinator is away", async () => {
    answer = (_, response) => {
      response.writeHead(502, { "content-type": "text/html" }).end("<html>bad gateway</html>");
    };
    await expect(client.release(lease)).rejects.toMatchObject({ kind: "away" });
  });

  it("whose connection breaks is away", async () => {
    answer = (request) => {
      request.socket.destroy();
    };
    await expect(client.heartbeat(lease, { percentDone: 0 })).rejects.toMatchObject({ kind: "away" });
  });

  it.each([
    ["half of an answer", '{"state":"succ'],
    ["a page", "<html>welcome</html>"],
    ["somebody else's JSON", '{"ok":true}'],
    ["nothing", ""],
  ])("is not over with %s: the coordinator has to say it", async (_, text) => {
    answer = (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(text);
    };
    const body = { media: { kind: "video" as const, durationSeconds: 1, renditions: [] }, outputs: [] };
    await expect(client.complete(lease, body)).rejects.toMatchObject({ kind: "away" });
    await expect(client.release(lease)).rejects.toMatchObject({ kind: "away" });
  });

  it("knows how long it is asked to wait", async () => {
    answer = (_, response) => {
      response.writeHead(429, { "content-type": "application/json", "retry-after": "7" });
      response.end(JSON.stringify({ error: { code: "too-many", message: "because" } }));
    };
    await expect(client.release(lease)).rejects.toMatchObject({ kind: "away", retryAfterSeconds: 7 });
  });

  it.each(["says nothing", "trickles"])("is given up when its answer %s", async (how) => {
    const impatient = coordinatorClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      answerSeconds: 0.2,
    });
    let drip: NodeJS.Timeout | undefined;
    answer = (_, response) => {
      if (how === "says nothing") return;
      response.writeHead(200, { "content-type": "application/json" });
      drip = setInterval(() => response.write(" "), 20);
    };
    const asked = impatient.release(lease);
    await expect(asked).rejects.toMatchObject({ kind: "away" });
    await expect(asked).rejects.toThrow("no whole answer within 0.2 s");
    clearInterval(drip);
    await impatient.close();
  });

  it("tells of an answer that is not understood without a word of its content", async () => {
    answers(200, { outputs: [{ ...signed, method: "STEAL" }] });
    const error: unknown = await client
      .urls(lease, { input: false, outputs: [] })
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ kind: "refused" });
    expect(String(error)).toContain("outputs.0.method");
    expect(String(error)).not.toContain("Signature");
  });
});

it("a coordinator that is not there is away", async () => {
  const nobody = coordinatorClient("http://127.0.0.1:1");
  await expect(nobody.lease({ worker, waitSeconds: 0 })).rejects.toMatchObject({ kind: "away" });
  await nobody.close();
});
