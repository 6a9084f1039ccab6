import { S3ServiceException } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Broker } from "../../../../services/coordinator/index.ts";
import { errorResponseSchema } from "../../../../services/protocol/index.ts";
import { codeOf, leased, post, serverFor } from "../server.ts";
import { createWorld, worker } from "../world.ts";

describe("what the server refuses", () => {
  it.each([
    ["broken JSON", { "content-type": "application/json" }, "{", 400, "invalid-request"],
    ["an empty body", { "content-type": "application/json" }, "", 400, "invalid-request"],
    [
      "a body that poisons prototypes",
      { "content-type": "application/json" },
      '{"__proto__":{}}',
      400,
      "invalid-request",
    ],
    ["another media type", { "content-type": "text/plain" }, "hello", 415, "unsupported-media-type"],
    [
      "a body over 1 MiB",
      { "content-type": "application/json" },
      JSON.stringify("x".repeat(1 << 20)),
      413,
      "body-too-large",
    ],
  ])("answers %s with its own status", async (_what, headers, payload, status, code) => {
    const response = await serverFor(createWorld()).inject({
      method: "POST",
      url: "/v1/jobs",
      headers,
      payload,
    });
    expect([response.statusCode, codeOf(response)]).toEqual([status, code]);
  });

  it.each(["/", "/v1/leases", "/v1/leases/job-1", "/v1/leases/job-1/steal"])(
    "answers 404 at GET %s",
    async (url) => {
      const response = await serverFor(createWorld()).inject(url);
      expect([response.statusCode, codeOf(response)]).toEqual([404, "not-found"]);
    },
  );

  it("answers 400 at an address that cannot be decoded", async () => {
    const response = await serverFor(createWorld()).inject("/v1/jobs/%zz");
    expect([response.statusCode, codeOf(response)]).toEqual([400, "invalid-request"]);
  });

  it("never answers 500 to any JSON body", async () => {
    const { app, lease } = await leased();
    const urls = [
      "/v1/jobs",
      "/v1/leases",
      ...["urls", "heartbeat", "complete", "fail"].map((v) => `/v1/leases/job-1/${v}`),
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...urls), fc.json(), async (url, payload) => {
        const headers = { "content-type": "application/json", authorization: `Bearer ${lease.token}` };
        const response = await app.inject({ method: "POST", url, headers, payload });
        expect(response.statusCode).toBeLessThan(500);
        if (response.statusCode >= 400) errorResponseSchema.parse(response.json());
      }),
      { numRuns: 300 },
    );
  });

  it("answers 500 without a word of what went wrong inside", async () => {
    const world = createWorld();
    const broker = world.replica();
    const broken: Broker = {
      ...broker,
      records: { ...broker.records, read: () => Promise.reject(new TypeError("secret detail")) },
    };
    const response = await serverFor(world, {}, broken).inject("/v1/jobs/job-1");
    expect([response.statusCode, codeOf(response)]).toEqual([500, "internal"]);
    expect(response.body).not.toMatch(/secret detail|at .*\.ts/);
    expect(world.logged.join("")).toContain("secret detail");
  });

  it("answers 503 with Retry-After when the bucket does not answer", async () => {
    const world = createWorld();
    world.faults.set("read", 1);
    const response = await serverFor(world).inject("/v1/jobs/job-1");
    expect([response.statusCode, codeOf(response), response.headers["retry-after"]]).toEqual([
      503,
      "upstream-unavailable",
      "1",
    ]);
  });

  it("answers the same when a bucket of S3 asks for fewer requests", async () => {
    const world = createWorld();
    const broker = world.replica();
    const slowDown = new S3ServiceException({
      name: "SlowDown",
      $fault: "server",
      $metadata: { httpStatusCode: 503 },
    });
    const busy: Broker = {
      ...broker,
      records: { ...broker.records, read: () => Promise.reject(slowDown) },
    };
    const response = await serverFor(world, {}, busy).inject("/v1/jobs/job-1");
    expect([response.statusCode, codeOf(response)]).toEqual([503, "upstream-unavailable"]);
  });
});

describe("life and readiness", () => {
  it("is alive and ready", async () => {
    const app = serverFor(createWorld());
    expect((await app.inject("/healthz")).json()).toEqual({ status: "ok" });
    expect((await app.inject("/readyz")).json()).toEqual({ status: "ready" });
  });

  it("is alive but not ready before the secrets are loaded", async () => {
    const app = serverFor(createWorld(), { working: undefined });
    expect((await app.inject("/healthz")).statusCode).toBe(200);
    const ready = await app.inject("/readyz");
    expect([ready.statusCode, ready.json()]).toEqual([
      503,
      { error: { code: "not-ready", message: "the secrets are not loaded yet" } },
    ]);
    const lease = await post(app, "/v1/leases", { worker });
    expect([lease.statusCode, codeOf(lease)]).toEqual([503, "not-ready"]);
  });

  it("is not ready while the queue cannot be read", async () => {
    const world = createWorld();
    const working = { broker: world.replica(), backlog: { ...world.backlog, trouble: "permission denied" } };
    const ready = await serverFor(world, { working }).inject("/readyz");
    expect([ready.statusCode, codeOf(ready)]).toEqual([503, "not-ready"]);
  });

  it("gives no lease while it drains, but ends what it has begun", async () => {
    const { world, lease } = await leased();
    const app = serverFor(world, { isDraining: true });
    const refused = await post(app, "/v1/leases", { worker });
    expect([refused.statusCode, codeOf(refused)]).toEqual([503, "draining"]);
    expect((await app.inject("/readyz")).statusCode).toBe(503);
    expect((await post(app, "/v1/leases/job-1/heartbeat", { percentDone: 5 }, lease.token)).statusCode).toBe(
      200,
    );
  });
});
