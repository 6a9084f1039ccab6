import { describe, expect, it } from "vitest";
import { type Authenticate, Problem } from "../../../../../services/coordinator/index.ts";
import { serverFor } from "../../server.ts";
import { createWorld, jobRequest, worker, worldWithJob } from "../../world.ts";

describe("who may call", () => {
  /** Knows one token per role, `ROLE-token`. */
  const byRole: Authenticate = (role, token) => {
    if (token === `${role}-token`) return Promise.resolve({ subject: role });
    return Promise.reject(
      token === undefined || token === "expired"
        ? new Problem(401, "unauthenticated", "no")
        : new Problem(403, "not-allowed", "no"),
    );
  };
  const calls = [
    ["client", "POST", "/v1/jobs", jobRequest()],
    ["client", "GET", "/v1/jobs/job-1", undefined],
    ["worker", "POST", "/v1/leases", { worker, waitSeconds: 0 }],
    ["scaler", "GET", "/metrics/queue", undefined],
  ] as const;

  it.each(calls)("asks for a %s's token at %s %s", async (role, method, url, payload) => {
    const world = worldWithJob();
    const app = serverFor(world, { authenticate: byRole });
    const status = async (token?: string) => {
      const response = await app.inject({
        method,
        url,
        ...(payload && { payload }),
        ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      });
      return response.statusCode;
    };
    expect(await status()).toBe(401);
    expect(await status("expired")).toBe(401);
    for (const other of ["client", "worker", "scaler"].filter((one) => one !== role))
      expect(await status(`${other}-token`)).toBe(403);
    expect(world.record()).toBeUndefined();
    expect(await status(`${role}-token`)).not.toSatisfy((code: number) => code === 401 || code === 403);
  });

  it("says which scheme it wants", async () => {
    const app = serverFor(createWorld(), { authenticate: byRole });
    const response = await app.inject("/metrics/queue");
    expect(response.headers["www-authenticate"]).toBe("Bearer");
  });

  it("refuses before it reads the body", async () => {
    const app = serverFor(createWorld(), { authenticate: byRole });
    const response = await app.inject({
      method: "POST",
      url: "/v1/jobs",
      headers: { "content-type": "application/json" },
      payload: "{",
    });
    expect(response.statusCode).toBe(401);
  });
});
