import type { FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { leaseSchema } from "../../../../../services/protocol/index.ts";
import { leased, post, serverFor } from "../../server.ts";
import { createWorld, worker, worldWithJob } from "../../world.ts";

describe("the queue's metric", () => {
  const metric = async (app: FastifyInstance) => (await app.inject("/metrics/queue")).json<unknown>();

  it("counts what is held and what runs here", async () => {
    const world = worldWithJob();
    const app = serverFor(world, {
      working: { broker: world.replica(), backlog: { ...world.backlog, size: 3 } },
    });
    expect(await metric(app)).toEqual({ queued: 3, running: 0, wanted: 3 });
    await post(app, "/v1/leases", { worker, waitSeconds: 0 });
    expect(await metric(app)).toEqual({ queued: 3, running: 1, wanted: 4 });
  });

  it("counts a lease where its last heartbeat came, and there until the next is overdue", async () => {
    const world = worldWithJob();
    const [one, other] = [serverFor(world), serverFor(world)];
    const lease = leaseSchema.parse((await post(one, "/v1/leases", { worker, waitSeconds: 0 })).json());
    world.advance(20);
    await post(other, "/v1/leases/job-1/heartbeat", { percentDone: 1 }, lease.token);
    world.advance(11);
    expect(await metric(one)).toMatchObject({ running: 0 });
    expect(await metric(other)).toMatchObject({ running: 1 });
  });

  it.each(["release", "fail"])("no longer counts a lease after %s", async (how) => {
    const { app, lease } = await leased();
    const body = how === "fail" ? { error: { code: "encode-failed", message: "no" }, retryable: true } : {};
    await post(app, `/v1/leases/job-1/${how}`, body, lease.token);
    expect(await metric(app)).toEqual({ queued: 0, running: 0, wanted: 0 });
  });

  it("is zero while there are no keys", async () => {
    expect(await metric(serverFor(createWorld(), { working: undefined }))).toEqual({
      queued: 0,
      running: 0,
      wanted: 0,
    });
  });
});
