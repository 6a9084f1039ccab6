import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  completeRequestSchema,
  failRequestSchema,
  heartbeatRequestSchema,
  leaseRequestSchema,
  urlsRequestSchema,
} from "../../../services/protocol/index.ts";
import type {
  CompleteRequest,
  FailRequest,
  Lease,
  ProfileOverrides,
  SignedRequest,
} from "../../../services/protocol/index.ts";

/** What a worker reported at the end of an attempt. */
export type Ending =
  | { readonly call: "complete"; readonly body: CompleteRequest }
  | { readonly call: "fail"; readonly body: FailRequest }
  | { readonly call: "release" };

export interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/** A coordinator and an object store over real HTTP, as small as a worker's tests need them. */
export interface Broker {
  readonly url: string;
  /** Below the attempt's prefix: name to object. */
  readonly objects: Map<string, StoredObject>;
  /** Names in the order in which they were uploaded. */
  readonly uploads: string[];
  /** Percent done, as told. */
  readonly heartbeats: number[];
  /** The next worker that asks gets this; resolves with what it reported. */
  offer(input: Buffer | undefined, options?: Offer): Promise<Ending>;
  /** How the next requests to the store are answered instead, in order; undefined for as usual. */
  readonly storeFaults: (number | undefined)[];
  /** From now on every call of the lease is answered 409. */
  takeLeaseAway(): void;
  /** Every URL ever handed out. */
  readonly signatures: string[];
  close(): Promise<void>;
}

export interface Offer {
  readonly input?: string;
  readonly profile?: string;
  readonly overrides?: ProfileOverrides;
  readonly heartbeatSeconds?: number;
  /** Where the input is, when not here. */
  readonly inputUrl?: string;
}

export async function startBroker(): Promise<Broker> {
  const objects = new Map<string, StoredObject>();
  const uploads: string[] = [];
  const heartbeats: number[] = [];
  const storeFaults: (number | undefined)[] = [];
  const signatures: string[] = [];
  let job: { lease: Lease; given: boolean; ended: (ending: Ending) => void } | undefined;
  let input: Buffer | undefined;
  let leases = 0;
  let tokens = 0;
  const waiting: (() => void)[] = [];

  const expiresAt = () => new Date(Date.now() + 10_000).toISOString();
  let inputUrl: string | undefined;
  const signedInput = (): SignedRequest => {
    const request = signed("GET", "input", {});
    return inputUrl === undefined ? request : { ...request, url: inputUrl };
  };
  const signed = (method: "GET" | "PUT", name: string, headers: Record<string, string>): SignedRequest => {
    const signature = `secret${signatures.length}`;
    signatures.push(signature);
    return {
      method,
      url: `${url()}/store/${name}?X-Goog-Signature=${signature}`,
      headers,
      expiresAt: expiresAt(),
    };
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { pathname } = new URL(request.url ?? "/", url());
      if (pathname.startsWith("/store/")) {
        store(request, response, pathname.slice("/store/".length), Buffer.concat(chunks));
        return;
      }
      const text = Buffer.concat(chunks).toString();
      coordinate(request, response, pathname, text === "" ? {} : JSON.parse(text));
    });
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  function store(request: IncomingMessage, response: ServerResponse, name: string, body: Buffer): void {
    const fault = storeFaults.shift();
    if (fault !== undefined) {
      response.writeHead(fault).end();
    } else if (request.method === "GET") {
      if (input === undefined) response.writeHead(404).end();
      else response.writeHead(200, { "content-length": input.length }).end(input);
    } else if (request.headers["x-goog-if-generation-match"] !== "0") {
      response.writeHead(403).end();
    } else if (objects.has(name)) {
      response.writeHead(412).end();
    } else {
      objects.set(name, { bytes: body, contentType: request.headers["content-type"] ?? "" });
      uploads.push(name);
      response.writeHead(200).end();
    }
  }

  function coordinate(request: IncomingMessage, response: ServerResponse, path: string, body: unknown): void {
    const answer = (status: number, json?: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(json === undefined ? undefined : JSON.stringify(json));
    };
    if (path === "/v1/leases") {
      const { waitSeconds } = leaseRequestSchema.parse(body);
      const give = () => {
        if (response.destroyed || response.writableEnded) return;
        if (!job || job.given) {
          waiting.push(give);
          return;
        }
        job.given = true;
        answer(200, job.lease);
      };
      give();
      setTimeout(() => {
        if (!response.writableEnded) answer(204);
      }, waitSeconds * 1000).unref();
      return;
    }
    const call = path.split("/").at(-1);
    const ended = job?.ended;
    // Every token of the lease is good, as with the real coordinator: a heartbeat may overtake another call.
    if (!ended || !request.headers.authorization?.startsWith(`Bearer lease${leases}.`)) {
      answer(409, { error: { code: "lease-lost", message: "another attempt runs" } });
    } else if (call === "heartbeat") {
      heartbeats.push(heartbeatRequestSchema.parse(body).percentDone);
      answer(200, { token: `lease${leases}.${++tokens}`, expiresAt: expiresAt() });
    } else if (call === "urls") {
      const wanted = urlsRequestSchema.parse(body);
      const outputs = wanted.outputs.map(({ name, contentType, size }) =>
        signed("PUT", name, {
          "content-type": contentType,
          "content-length": String(size),
          "x-goog-if-generation-match": "0",
        }),
      );
      answer(200, { outputs, ...(wanted.input && { input: signedInput() }) });
    } else {
      job = undefined;
      answer(200, { state: call === "complete" ? "succeeded" : "queued", attempt: 1 });
      if (call === "complete") ended({ call, body: completeRequestSchema.parse(body) });
      else if (call === "fail") ended({ call, body: failRequestSchema.parse(body) });
      else ended({ call: "release" });
    }
  }

  return {
    url: url(),
    ...{ objects, uploads, heartbeats, storeFaults, signatures },
    offer: (bytes, options = {}) =>
      new Promise((ended) => {
        ({ inputUrl } = options);
        input = bytes;
        objects.clear();
        uploads.length = 0;
        heartbeats.length = 0;
        const lease: Lease = {
          ...{ jobId: "clip", attempt: 1, token: `lease${++leases}.0`, expiresAt: expiresAt() },
          heartbeatSeconds: options.heartbeatSeconds ?? 0.2,
          request: {
            id: "clip",
            input: options.input ?? "gs://bucket/mezzanines/bigbuckbunny.mp4",
            outputPrefix: "gs://bucket/outputs/clip/",
            profile: options.profile ?? "hls-h264",
            labels: {},
            ...(options.overrides && { overrides: options.overrides }),
            priority: "normal",
          },
          input: signedInput(),
        };
        job = { lease, given: false, ended };
        waiting.splice(0).forEach((give) => {
          give();
        });
      }),
    takeLeaseAway: () => {
      job = undefined;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
