import { describe, expect, it } from "vitest";
import { createServer, presence } from "../../../../services/coordinator/index.ts";
import type { Rates } from "../../../../services/coordinator/http/limits.ts";
import { codeOf } from "../server.ts";
import { leaseSchema } from "../../../../services/protocol/index.ts";
import { worker, worldWithJob } from "../world.ts";

const few = 4;
/** A server whose callers may ask for little, with the routes that it has. */
async function scene() {
  const world = worldWithJob();
  const broker = world.replica();
  const app = createServer({
    state: {
      working: { broker, backlog: world.backlog },
      notReadyBecause: "",
      isDraining: false,
      authenticate: (_role, token) => Promise.resolve({ subject: token ?? "nobody" }),
      presence: presence(30, world.now),
      metrics: world.metrics,
      project: "project-1",
      access: [],
      clientRequestsPerMinute: few,
      rates: { worker: few, lease: few, scaler: few, anybody: few } satisfies Omit<Rates, "client">,
    },
    log: broker.log,
  });
  // Health is there already: it stands in no scope with a rate.
  const routes = [
    { method: "GET", url: "/healthz" },
    { method: "GET", url: "/readyz" },
  ];
  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat())
      if (one !== "HEAD") routes.push({ method: one, url: url.replace(":jobId", "job-1") });
  });
  await app.ready();
  const claim = await app.inject({ method: "POST", url: "/v1/leases", payload: { worker, waitSeconds: 0 } });
  const { token } = leaseSchema.parse(claim.json());
  return { app, routes, token };
}
const isHealth = (url: string): boolean => url === "/healthz" || url === "/readyz";

describe("a caller's rate", () => {
  it("is bounded at every route that the server has, and health is told all the same", async () => {
    const { routes } = await scene();
    expect(routes.length).toBeGreaterThanOrEqual(17);
    for (const { method, url } of routes) {
      const { app, token } = await scene();
      const statuses: number[] = [];
      let last = "";
      for (let n = 0; n <= few; n += 1) {
        const response = await app.inject({
          method: method === "GET" ? "GET" : "POST",
          url,
          headers: { authorization: `Bearer ${url.startsWith("/v1/leases/") ? token : "someone"}` },
        });
        statuses.push(response.statusCode);
        if (response.statusCode === 429) last = codeOf(response);
      }
      expect(statuses.slice(0, few), url).not.toContain(429);
      expect([statuses.at(-1), last], url).toEqual(isHealth(url) ? [200, ""] : [429, "too-many-requests"]);
      await app.close();
    }
  });

  it("is spent before the body is read", async () => {
    const { app } = await scene();
    const headers = { authorization: "Bearer one", "content-type": "application/json" };
    const ask = (payload: string) => app.inject({ method: "POST", url: "/v1/jobs", headers, payload });
    for (let n = 0; n < few; n += 1) expect((await ask("{")).statusCode).toBe(400);
    expect((await ask("{")).statusCode).toBe(429);
  });

  it("is each worker's own, though all workers of a pool have one account", async () => {
    const { app } = await scene();
    const claim = (token: string) =>
      app.inject({
        method: "POST",
        url: "/v1/leases",
        headers: { authorization: `Bearer ${token}` },
        payload: { worker, waitSeconds: 0 },
      });
    for (let n = 0; n < few; n += 1) expect((await claim("one")).statusCode).toBe(204);
    expect((await claim("one")).statusCode).toBe(429);
    expect((await claim("two")).statusCode).toBe(204);
  });
});
