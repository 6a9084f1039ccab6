/**
 * A whole site for workers' tests: the real coordinator's server on loopback, with records and queue in memory, and the
 * sandbox's store, which verifies every signature; between worker and coordinator a proxy that fails as it is told.
 */
import { createServer as createHttpServer, request as forward } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Backlog,
  type Broker,
  type BrokerSettings,
  cleanUp,
  objectsIn,
} from "../../../services/coordinator/index.ts";
import { type JobRecord, jobRequestSchema } from "../../../services/protocol/index.ts";
import { serverFor } from "../../unit/coordinator/server.ts";
import { createWorld, type World } from "../../unit/coordinator/world.ts";
import { bucket, createTestStore, type TestStore } from "../../unit/transfer/store.ts";

/** How a call of the worker is disturbed. */
export type CallFault =
  /** Answered so, without a word to the coordinator. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection breaks: before the coordinator hears of the call, or instead of its answer. */
  | { readonly kind: "reset"; readonly after?: boolean }
  | { readonly kind: "stall"; readonly after?: boolean }
  /** Half of the coordinator's answer: of a body that breaks off, or of one that pretends to be whole. */
  | { readonly kind: "half"; readonly pretends?: boolean }
  /** The coordinator does what was asked; the answer is this. */
  | { readonly kind: "replace"; readonly body: string };

export interface Site {
  readonly url: string;
  readonly world: World;
  readonly store: TestStore;
  readonly broker: Broker;
  /** The next `times` calls whose path matches fail so. */
  disturb(path: RegExp, fault: CallFault, times: number): void;
  /** How many calls were disturbed since `disturb`. */
  hits(): number;
  /** Puts an input into the store, and its job on the queue. */
  offer(id: string, input: Buffer, more?: Readonly<Record<string, unknown>>): Promise<void>;
  /** A call of the job API. */
  call(method: "GET" | "POST", path: string): Promise<{ status: number; body: unknown }>;
  record(id: string): JobRecord | undefined;
  /** Names of the job's objects below its output prefix, with their sizes. */
  outputs(id: string): Promise<{ name: string; size: number }[]>;
  /** Turns the coordinator's clock so far that every signed URL has ended, and cleans up. */
  cleanUpLater(): Promise<number>;
  close(): Promise<void>;
}

/** @param changed leases of 3 s end before a heartbeat may extend them: enough for attempts that are over sooner */
export async function startSite(changed: Partial<BrokerSettings> = {}): Promise<Site> {
  const store = await createTestStore(1);
  const world = createWorld(() => Date.now());
  const settings = { bucket, leaseSeconds: 3, ...changed };
  const broker = world.replica(settings, {
    objects: objectsIn(store.world.client().bucket(bucket)),
    sign: (operation) => store.sign(operation, 60),
  });
  const app = serverFor(world, { working: { broker, backlog: waitingBacklog(world) } }, broker);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const coordinator = (app.server.address() as AddressInfo).port; // a listening TCP server has one

  let rule: { path: RegExp; fault: CallFault; left: number; hits: number } | undefined;
  const proxy = createHttpServer((request, response) => {
    // A worker that goes away in the middle is part of the tests.
    handle(request, response).catch(() => response.destroy());
  });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const path = request.url ?? "";
    const struck = rule !== undefined && rule.left > 0 && rule.path.test(path) ? rule : undefined;
    if (struck === undefined) {
      const answer = await ask(coordinator, request, body, response);
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    struck.left -= 1;
    struck.hits += 1;
    await strike(struck.fault, response, () => ask(coordinator, request, body, response));
  };
  proxy.listen(0, "127.0.0.1");
  await new Promise((resolve) => proxy.once("listening", resolve));
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const files = store.world.client().bucket(bucket);

  return {
    ...{ url, world, store, broker },
    disturb: (path, fault, times) => {
      rule = { path, fault, left: times, hits: 0 };
    },
    hits: () => rule?.hits ?? 0,
    offer: async (id, input, more = {}) => {
      await files.file(`mezzanines/${id}`).save(input, { resumable: false });
      const [inputUri, outputPrefix] = [`gs://${bucket}/mezzanines/${id}`, `gs://${bucket}/outputs/${id}/`];
      world.publish(jobRequestSchema.parse({ id, input: inputUri, outputPrefix, ...more }));
    },
    call: async (method, path) => {
      const response = await fetch(`http://127.0.0.1:${coordinator}${path}`, { method });
      return { status: response.status, body: await response.json() };
    },
    record: (id) => world.record(id),
    outputs: async (id) => {
      const [found] = await files.getFiles({ prefix: `outputs/${id}/` });
      return found.map(({ name, metadata }) => ({ name, size: Number(metadata.size) }));
    },
    cleanUpLater: async () => {
      world.advance(3600);
      return cleanUp(broker);
    },
    close: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await app.close();
      await store.close();
    },
  };
}

/** As the real one waits for messages. */
function waitingBacklog(world: World): Backlog {
  return {
    ...world.backlog,
    take: async (milliseconds, signal) => {
      const end = Date.now() + milliseconds;
      for (;;) {
        const [message] = world.pullNow(1);
        if (message !== undefined || signal.aborted || Date.now() > end) return message;
        await sleep(20);
      }
    },
  };
}

interface Answered {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

function ask(port: number, from: IncomingMessage, body: Buffer, to: ServerResponse): Promise<Answered> {
  const { method, url: path, headers } = from;
  return new Promise((resolve, reject) => {
    const sent = forward({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
      buffer(answer).then((bytes) => {
        const type = answer.headers["content-type"];
        const kept = { ...(type !== undefined && { "content-type": type }) };
        resolve({ status: answer.statusCode ?? 0, headers: kept, body: bytes });
      }, reject);
    });
    sent.once("error", reject);
    // The worker is gone: so the coordinator is told.
    to.once("close", () => {
      if (!to.writableEnded) sent.destroy();
    });
    sent.end(body);
  });
}

async function strike(
  fault: CallFault,
  response: ServerResponse,
  pass: () => Promise<Answered>,
): Promise<void> {
  switch (fault.kind) {
    case "answer":
      response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
      response.end(fault.body ?? JSON.stringify({ error: { code: "disturbed", message: "not now" } }));
      return;
    case "reset":
    case "stall":
      if (fault.after === true) await pass();
      if (fault.kind === "reset") response.socket?.resetAndDestroy();
      return;
    case "half": {
      const { status, headers, body } = await pass();
      const half = body.subarray(0, Math.floor(body.length / 2));
      const length = fault.pretends === true ? half.length : body.length;
      response.writeHead(status, { ...headers, "content-length": length });
      response.write(half, () => {
        if (fault.pretends === true) response.end();
        else response.destroy();
      });
      return;
    }
    case "replace":
      await pass();
      response.writeHead(200, { "content-type": "application/json" }).end(fault.body);
  }
}
