/** The coordinator's HTTP server on a world in memory, and calls of it. */
import type { FastifyInstance } from "fastify";
import {
  type Broker,
  createServer,
  presence,
  type ServerState,
  trustEverybody,
} from "../../../services/coordinator/index.ts";
import { errorResponseSchema, type Lease, leaseSchema } from "../../../services/protocol/index.ts";
import { media, worker, type World, worldWithJob } from "./world.ts";

export const serverFor = (
  world: World,
  changed: Partial<ServerState> = {},
  broker: Broker = world.replica(),
  certificate?: { readonly cert: string; readonly key: string },
): FastifyInstance =>
  createServer({
    ...(certificate && { certificate }),
    state: {
      working: { broker, backlog: world.backlog },
      notReadyBecause: "the secrets are not loaded yet",
      isDraining: false,
      authenticate: trustEverybody,
      presence: presence(30, world.now),
      metrics: world.metrics,
      project: "project-1",
      access: [],
      clientRequestsPerMinute: 1_000_000,
      rates: { worker: 1_000_000, lease: 1_000_000, scaler: 1_000_000, anybody: 1_000_000 },
      ...changed,
    },
    log: broker.log,
  });

export type Body = Record<string, unknown>;
export const post = (app: FastifyInstance, url: string, payload?: Body, token?: string) =>
  app.inject({
    method: "POST",
    url,
    ...(payload === undefined ? {} : { payload }),
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });

export async function leased(
  world = worldWithJob(),
  app = serverFor(world),
): Promise<{ world: World; app: FastifyInstance; lease: Lease }> {
  const response = await post(app, "/v1/leases", { worker, waitSeconds: 0 });
  return { world, app, lease: leaseSchema.parse(response.json()) };
}

export const codeOf = (response: { json: () => unknown }): string =>
  errorResponseSchema.parse(response.json()).error.code;

/** The body of a completion with one output of three bytes. */
export const done = { media: { ...media, renditions: [] }, outputs: [{ name: "a.mp4", size: 3 }] };
