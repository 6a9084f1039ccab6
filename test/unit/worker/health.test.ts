import { createServer } from "node:net";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serveHealth, type Health } from "../../../services/worker/health.ts";

let health: Health;
beforeEach(async () => {
  health = await serveHealth("127.0.0.1", 0);
});
afterEach(() => health.close());

const statusOf = async (path: string): Promise<number> =>
  (await fetch(`http://127.0.0.1:${health.port}${path}`)).status;

describe("a worker that is probed", () => {
  it("lives, but is not ready before it was in touch with the coordinator", async () => {
    expect([await statusOf("/healthz"), await statusOf("/readyz")]).toEqual([200, 503]);
  });

  it("is ready when it says so, and no longer when it takes that back", async () => {
    health.setReady(true);
    expect(await statusOf("/readyz")).toBe(200);
    health.setReady(false);
    expect(await statusOf("/readyz")).toBe(503);
  });

  it("answers nothing else", async () => {
    expect(await statusOf("/metrics")).toBe(404);
  });

  it("leaves its port when it is closed", async () => {
    const { port } = health;
    await health.close();
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    expect(server.address()).toMatchObject({ port });
    server.close();
    health = await serveHealth("127.0.0.1", 0);
  });
});
