import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import {
  type Authenticate,
  type Broker,
  createServer,
  presence,
  Problem,
  type ServerState,
  trustEverybody,
} from "../../../services/coordinator/index.ts";
import {
  errorResponseSchema,
  heartbeatResponseSchema,
  type Lease,
  leaseSchema,
  jobRecordSchema,
  urlsResponseSchema,
} from "../../../services/protocol/index.ts";
import { bucket, createWorld, jobRequest, media, worker, type World, worldWithJob } from "./world.ts";

const serverFor = (
  world: World,
  changed: Partial<ServerState> = {},
  broker: Broker = world.replica(),
): FastifyInstance =>
  createServer({
    state: {
      working: { broker, backlog: world.backlog },
      notReadyBecause: "the secrets are not loaded yet",
      isDraining: false,
      authenticate: trustEverybody,
      presence: presence(30, world.now),
      metrics: world.metrics,
      project: "project-1",
      access: [],
      clientRequestsPerMinute: 100_000,
      ...changed,
    },
    log: broker.log,
  });

type Body = Record<string, unknown>;
const post = (app: FastifyInstance, url: string, payload?: Body, token?: string) =>
  app.inject({
    method: "POST",
    url,
    ...(payload === undefined ? {} : { payload }),
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });

async function leased(world = worldWithJob()): Promise<{ world: World; app: FastifyInstance; lease: Lease }> {
  const app = serverFor(world);
  const response = await post(app, "/v1/leases", { worker, waitSeconds: 0 });
  return { world, app, lease: leaseSchema.parse(response.json()) };
}

const codeOf = (response: { json: () => unknown }): string =>
  errorResponseSchema.parse(response.json()).error.code;
const done = { media: { ...media, renditions: [] }, outputs: [{ name: "a.mp4", size: 3 }] };

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

describe("jobs over HTTP", () => {
  it("answers 202 with the record of a new job and puts it on the topic", async () => {
    const world = createWorld();
    const response = await post(serverFor(world), "/v1/jobs", jobRequest());
    expect(response.statusCode).toBe(202);
    expect(jobRecordSchema.parse(response.json())).toMatchObject({ state: "queued", attempt: 0 });
    expect(world.messages.size).toBe(1);
  });

  it("answers 200 with the same record for the same request again, whatever the order of its fields", async () => {
    const world = createWorld();
    const app = serverFor(world);
    const { id, ...rest } = jobRequest("job-1", { labels: { a: "1", b: "2" } });
    await post(app, "/v1/jobs", { id, ...rest });
    world.advance(10);
    const again = await post(app, "/v1/jobs", { ...rest, labels: { b: "2", a: "1" }, id });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual(world.record());
  });

  it("answers 409 for another request under the same id", async () => {
    const app = serverFor(createWorld());
    await post(app, "/v1/jobs", jobRequest());
    const other = await post(app, "/v1/jobs", jobRequest("job-1", { labels: { a: "1" } }));
    expect([other.statusCode, codeOf(other)]).toEqual([409, "id-taken"]);
  });

  it("publishes again when the first message may have been lost, and only then", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    const app = serverFor(world);
    world.faults.set("publish job", 1);
    const first = await post(app, "/v1/jobs", jobRequest());
    expect([first.statusCode, codeOf(first)]).toEqual([503, "upstream-unavailable"]);
    expect(world.messages.size).toBe(0);
    expect((await post(app, "/v1/jobs", jobRequest())).statusCode).toBe(200);
    expect(world.messages.size).toBe(1);
    await post(app, "/v1/leases", { worker, waitSeconds: 0 });
    await post(app, "/v1/jobs", jobRequest());
    expect(world.messages.size).toBe(1);
  });

  it("lets the one worker keep the job when it was published twice", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    const app = serverFor(world);
    await post(app, "/v1/jobs", jobRequest());
    await post(app, "/v1/jobs", jobRequest());
    expect(world.messages.size).toBe(2);
    expect((await post(app, "/v1/leases", { worker, waitSeconds: 0 })).statusCode).toBe(200);
    expect((await post(app, "/v1/leases", { worker, waitSeconds: 0 })).statusCode).toBe(204);
    expect(world.record()).toMatchObject({ state: "running", attempt: 1 });
  });

  it.each([
    ["bucket-not-allowed", { input: "gs://other-bucket/clip.mp4" }],
    ["bucket-not-allowed", { outputPrefix: "gs://other-bucket/outputs/" }],
    ["name-not-allowed", { input: `gs://${bucket}/.mpegflow/jobs/job-2.json` }],
    ["name-not-allowed", { input: `gs://${bucket}/a/../b` }],
    ["name-not-allowed", { input: `gs://${bucket}/\ud800` }],
    ["invalid-request", { input: "clip.mp4" }],
    ["invalid-request", { id: "Job 1" }],
    ["invalid-request", { more: true }],
  ])("answers 400 %s to %j and makes no record", async (code, changed) => {
    const world = createWorld();
    const response = await post(serverFor(world), "/v1/jobs", { ...jobRequest(), ...changed });
    expect([response.statusCode, codeOf(response)]).toEqual([400, code]);
    expect(world.record()).toBeUndefined();
  });

  it("names every problem of a request", async () => {
    const response = await post(serverFor(createWorld()), "/v1/jobs", {
      id: "job-1",
      input: "x",
      profile: 3,
    });
    const { message } = errorResponseSchema.parse(response.json()).error;
    expect(message).toContain("input: gs://BUCKET/OBJECT");
    expect(message).toContain("outputPrefix: ");
    expect(message).toContain("profile: ");
  });

  it("answers a job's record, 404 for a job that is not there, 400 for what is no id", async () => {
    const app = serverFor(createWorld());
    await post(app, "/v1/jobs", jobRequest());
    expect((await app.inject("/v1/jobs/job-1")).statusCode).toBe(200);
    const missing = await app.inject("/v1/jobs/job-2");
    expect([missing.statusCode, codeOf(missing)]).toEqual([404, "job-not-found"]);
    expect((await app.inject("/v1/jobs/Job%201")).statusCode).toBe(400);
  });
});

describe("leases over HTTP", () => {
  it("answers 200 with a lease, 204 when there is no work", async () => {
    const { app } = await leased();
    const response = await post(app, "/v1/leases", { worker, waitSeconds: 0 });
    expect([response.statusCode, response.body]).toEqual([204, ""]);
  });

  it("carries a job from lease to success", async () => {
    const { app, lease, world } = await leased();
    world.advance(10);
    const beat = await post(app, "/v1/leases/job-1/heartbeat", { percentDone: 5 }, lease.token);
    const { token } = heartbeatResponseSchema.parse(beat.json());
    const outputs = [{ name: "a.mp4", contentType: "video/mp4", size: 3 }];
    const signed = await post(app, "/v1/leases/job-1/urls", { outputs }, token);
    expect(urlsResponseSchema.parse(signed.json()).outputs).toHaveLength(1);
    world.putObject("outputs/job-1/1/a.mp4");
    const completed = await post(app, "/v1/leases/job-1/complete", done, token);
    expect([completed.statusCode, completed.json()]).toEqual([200, { state: "succeeded", attempt: 1 }]);
  });

  it("answers 200 to a failure and to a release", async () => {
    const first = await leased();
    const failure = { error: { code: "encode-failed", message: "No." }, retryable: false };
    const failed = await post(first.app, "/v1/leases/job-1/fail", failure, first.lease.token);
    expect([failed.statusCode, failed.json()]).toEqual([200, { state: "failed", attempt: 1 }]);
    const second = await leased();
    const released = await post(second.app, "/v1/leases/job-1/release", undefined, second.lease.token);
    expect([released.statusCode, released.json()]).toEqual([200, { state: "queued", attempt: 1 }]);
  });

  it.each(["urls", "heartbeat", "complete", "fail", "release"])(
    "answers 401 to %s without a token or with a wrong one",
    async (verb) => {
      const { app, lease } = await leased();
      const url = `/v1/leases/job-1/${verb}`;
      const bodies: Record<string, Body> = {
        heartbeat: { percentDone: 1 },
        complete: done,
        fail: { error: { code: "no", message: "No." }, retryable: false },
      };
      const without = await post(app, url, bodies[verb] ?? {});
      expect([without.statusCode, codeOf(without)]).toEqual([401, "bad-token"]);
      const wrong = await post(app, url, bodies[verb] ?? {}, lease.token.slice(0, -2));
      expect([wrong.statusCode, codeOf(wrong)]).toEqual([401, "bad-token"]);
    },
  );

  it("answers 409 lease-lost once the lease ran out", async () => {
    const { app, lease, world } = await leased();
    world.advance(61);
    const beat = await post(app, "/v1/leases/job-1/heartbeat", { percentDone: 5 }, lease.token);
    expect([beat.statusCode, codeOf(beat)]).toEqual([409, "lease-lost"]);
  });

  it.each([
    "../../.mpegflow/jobs/job-1.json",
    "/etc",
    "a//b",
    "a/./b",
    "a\\b",
    "%2e%2e/x",
    "a/../../2/b",
    "é",
  ])("answers 400 to the output name %j and signs nothing", async (name) => {
    const { app, lease, world } = await leased();
    const before = world.logged.filter((line) => line.includes("signed-request")).length;
    const outputs = [{ name, contentType: "video/mp4", size: 3 }];
    expect((await post(app, "/v1/leases/job-1/urls", { outputs }, lease.token)).statusCode).toBe(400);
    expect(world.logged.filter((line) => line.includes("signed-request"))).toHaveLength(before);
  });

  it("signs no output outside the attempt's prefix, whatever is asked for", async () => {
    const { app, lease } = await leased();
    const segment = fc.oneof(
      fc.constantFrom("..", ".", "", "a", "%2e"),
      fc.string({ unit: "binary", maxLength: 8 }),
    );
    const name = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join("/"));
    await fc.assert(
      fc.asyncProperty(name, async (asked) => {
        const outputs = [{ name: asked, contentType: "video/mp4", size: 3 }];
        const response = await post(app, "/v1/leases/job-1/urls", { outputs }, lease.token);
        if (response.statusCode !== 200) {
          expect(response.statusCode).toBe(400);
          return;
        }
        for (const { url } of urlsResponseSchema.parse(response.json()).outputs)
          expect(new URL(url).pathname.startsWith(`/${bucket}/outputs/job-1/1/`)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

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
