import type { FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { createServer, presence, type ServerState } from "../../../../services/coordinator/index.ts";
import {
  errorResponseSchema,
  jobListSchema,
  jobRecordSchema,
  leaseSchema,
} from "../../../../services/protocol/index.ts";
import { bucket, createWorld, jobRequest, media, worker, type World, worldWithJob } from "../world.ts";

const serverFor = (world: World, changed: Partial<ServerState> = {}): FastifyInstance => {
  const broker = world.replica();
  return createServer({
    state: {
      working: { broker, backlog: world.backlog },
      notReadyBecause: "",
      isDraining: false,
      authenticate: (_, token) => Promise.resolve({ subject: token ?? "anonymous" }),
      presence: presence(30, world.now),
      metrics: world.metrics,
      project: "project-1",
      access: [],
      clientRequestsPerMinute: 100_000,
      ...changed,
    },
    log: broker.log,
  });
};
const call = (
  app: FastifyInstance,
  method: "GET" | "POST",
  url: string,
  payload?: object,
  subject?: string,
) =>
  app.inject({
    method,
    url,
    ...(payload && { payload }),
    ...(subject !== undefined && { headers: { authorization: `Bearer ${subject}` } }),
  });
const codeOf = (response: { json: () => unknown }): string =>
  errorResponseSchema.parse(response.json()).error.code;

describe("cancelling a job", () => {
  it("ends a queued job for good, with one event", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    const app = serverFor(world);
    await call(app, "POST", "/v1/jobs", jobRequest());
    const first = await call(app, "POST", "/v1/jobs/job-1/cancel");
    expect(jobRecordSchema.parse(first.json()).state).toBe("cancelled");
    expect((await call(app, "POST", "/v1/jobs/job-1/cancel")).statusCode).toBe(200);
    expect((await call(app, "POST", "/v1/leases", { worker, waitSeconds: 0 })).statusCode).toBe(204);
    expect(world.eventIds()).toEqual(["job-1/0/cancelled"]);
    expect(world.messages.size).toBe(0);
  });

  it("takes a running job from its worker, which hears of it at the next heartbeat", async () => {
    const world = worldWithJob();
    const app = serverFor(world);
    const leased = await call(app, "POST", "/v1/leases", { worker, waitSeconds: 0 });
    const { token } = leaseSchema.parse(leased.json());
    await call(app, "POST", "/v1/jobs/job-1/cancel");
    const beat = await call(app, "POST", "/v1/leases/job-1/heartbeat", { percentDone: 5 }, token);
    expect([beat.statusCode, codeOf(beat)]).toEqual([409, "lease-lost"]);
    expect(beat.json<{ error: { message: string } }>().error.message).toContain("cancelled");
    world.upload("a.mp4");
    const done = { media: { ...media, renditions: [] }, outputs: [{ name: "a.mp4", size: 3 }] };
    expect((await call(app, "POST", "/v1/leases/job-1/complete", done, token)).statusCode).toBe(409);
    expect(world.eventIds()).toEqual(["job-1/1/started", "job-1/1/cancelled"]);
  });

  it("refuses a job that has ended otherwise, and one that is not there", async () => {
    const world = createWorld();
    const app = serverFor(world);
    await call(app, "POST", "/v1/jobs", jobRequest());
    world.setRecord({ ...jobRecordSchema.parse(world.record()), state: "succeeded" });
    const ended = await call(app, "POST", "/v1/jobs/job-1/cancel");
    expect([ended.statusCode, codeOf(ended)]).toEqual([409, "job-finished"]);
    expect((await call(app, "POST", "/v1/jobs/job-2/cancel")).statusCode).toBe(404);
  });
});

describe("listing jobs", () => {
  async function many() {
    const world = createWorld();
    const app = serverFor(world);
    for (let n = 1; n <= 5; n += 1)
      await call(
        app,
        "POST",
        "/v1/jobs",
        jobRequest(`job-${n}`, { labels: { parity: String(n % 2), n: String(n) } }),
      );
    world.setRecord({ ...jobRecordSchema.parse(world.record("job-2")), state: "failed" });
    const list = async (query: string) => {
      const { jobs, nextPageToken } = jobListSchema.parse(
        (await call(app, "GET", `/v1/jobs?${query}`)).json(),
      );
      return { ids: jobs.map(({ request }) => request.id), next: nextPageToken };
    };
    return { app, list };
  }

  it("answers page after page, each job once", async () => {
    const { list } = await many();
    const first = await list("pageSize=2");
    const second = await list(`pageSize=2&pageToken=${first.next ?? ""}`);
    const third = await list(`pageSize=2&pageToken=${second.next ?? ""}`);
    expect([...first.ids, ...second.ids, ...third.ids]).toEqual([
      "job-1",
      "job-2",
      "job-3",
      "job-4",
      "job-5",
    ]);
    expect(third.next).toBeUndefined();
  });

  it.each([
    ["state=failed", ["job-2"]],
    ["label=parity:1", ["job-1", "job-3", "job-5"]],
    ["label=parity:1&label=n:3", ["job-3"]],
    ["state=running", []],
    ["label=constructor:x", []],
  ])("answers those with %s", async (query, ids) => {
    expect((await (await many()).list(query)).ids).toEqual(ids);
  });

  it("goes on to the next page while nothing matches", async () => {
    expect((await (await many()).list("pageSize=1&label=n:4")).ids).toEqual(["job-4"]);
  });

  it.each(["state=gone", "pageSize=0", "pageSize=201", "label=x", "pageToken=%20"])(
    "refuses %s",
    async (query) => {
      const { app } = await many();
      expect((await call(app, "GET", `/v1/jobs?${query}`)).statusCode).toBe(400);
    },
  );
});

describe("what a client may see and do", () => {
  const access = [
    {
      subjects: ["ann"],
      inputs: [`gs://${bucket}/mezzanines/`],
      outputs: [`gs://${bucket}/outputs/ann/`],
      secrets: [],
    },
    { subjects: ["root"], inputs: [`gs://${bucket}/`], outputs: [`gs://${bucket}/`], secrets: [] },
  ];
  const anns = jobRequest("ann-1", { outputPrefix: `gs://${bucket}/outputs/ann/1/` });

  it("is within its prefixes", async () => {
    const app = serverFor(createWorld(), { access });
    expect((await call(app, "POST", "/v1/jobs", anns, "ann")).statusCode).toBe(202);
    const other = await call(app, "POST", "/v1/jobs", jobRequest("job-2"), "ann");
    expect([other.statusCode, codeOf(other)]).toEqual([403, "prefix-not-allowed"]);
    const beside = { ...anns, id: "ann-2", outputPrefix: `gs://${bucket}/outputs/anna/` };
    expect((await call(app, "POST", "/v1/jobs", beside, "ann")).statusCode).toBe(403);
  });

  it("leaves others' jobs out of sight", async () => {
    const world = createWorld();
    const app = serverFor(world, { access });
    await call(app, "POST", "/v1/jobs", anns, "ann");
    await call(app, "POST", "/v1/jobs", jobRequest("job-2"), "root");
    expect((await call(app, "GET", "/v1/jobs/job-2", undefined, "ann")).statusCode).toBe(404);
    expect((await call(app, "POST", "/v1/jobs/job-2/cancel", undefined, "ann")).statusCode).toBe(404);
    expect(
      await call(app, "GET", "/v1/jobs/job-2", undefined, "root").then((one) => one.json<unknown>()),
    ).toMatchObject({
      request: { id: "job-2" },
      state: "queued",
    });
    const seen = async (subject: string) =>
      jobListSchema.parse((await call(app, "GET", "/v1/jobs", undefined, subject)).json()).jobs.length;
    expect([await seen("ann"), await seen("root")]).toEqual([1, 2]);
  });

  it("is bounded in requests a minute, each client by itself", async () => {
    const app = serverFor(createWorld(), { clientRequestsPerMinute: 3 });
    const statuses = [];
    for (let n = 0; n < 4; n += 1)
      statuses.push((await call(app, "GET", "/v1/jobs", undefined, "ann")).statusCode);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await call(app, "GET", "/v1/jobs/job-1", undefined, "ann");
    expect([refused.statusCode, codeOf(refused)]).toEqual([429, "too-many-requests"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await call(app, "GET", "/v1/jobs", undefined, "bob")).statusCode).toBe(200);
  });

  it("is no more than 160 KiB at a time", async () => {
    const app = serverFor(createWorld());
    const response = await call(app, "POST", "/v1/jobs", { ...jobRequest(), x: "x".repeat(161 * 1024) });
    expect([response.statusCode, codeOf(response)]).toEqual([413, "body-too-large"]);
  });
});

describe("what operators see", () => {
  it("is Prometheus metrics of jobs, leases, signatures and requests", async () => {
    const world = worldWithJob();
    const app = serverFor(world);
    await call(app, "POST", "/v1/leases", { worker, waitSeconds: 0 });
    const { body, headers } = await call(app, "GET", "/metrics");
    expect(headers["content-type"]).toContain("text/plain");
    expect(body).toContain('mpegflow_leases_total{event="given"} 1');
    expect(body).toContain('mpegflow_signatures_total{verb="GET"} 1');
    expect(body).toContain('route="/v1/leases",status="200"} 1');
  });

  it("is the trace that a request belongs to, in every line about it", async () => {
    const world = worldWithJob();
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    await serverFor(world).inject({
      method: "POST",
      url: "/v1/leases",
      payload: { worker, waitSeconds: 0 },
      headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    });
    const lines = world.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    const about = (field: string) => lines.find((line) => field in line);
    for (const line of [about("audit"), about("httpRequest")])
      expect(line).toMatchObject({
        "logging.googleapis.com/trace": `projects/project-1/traces/${trace}`,
        "logging.googleapis.com/spanId": "00f067aa0ba902b7",
        "logging.googleapis.com/trace_sampled": true,
      });
  });

  it.each(["", "x", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-zz-yy-01"])(
    "is no trace for traceparent %j",
    async (traceparent) => {
      const world = worldWithJob();
      await serverFor(world).inject({ url: "/v1/jobs/job-1", headers: { traceparent } });
      expect(world.logged.join("")).not.toContain("logging.googleapis.com/trace");
    },
  );

  it("is a line for each signature, without the signature", async () => {
    const world = worldWithJob();
    const leased = await call(serverFor(world), "POST", "/v1/leases", { worker, waitSeconds: 0 });
    const { input } = leaseSchema.parse(leased.json());
    const line = world.logged.find((text) => text.includes("signed-request")) ?? "{}";
    expect(JSON.parse(line)).toMatchObject({
      job: "job-1",
      attempt: 1,
      object: `gs://${bucket}/mezzanines/clip.mp4`,
      verb: "GET",
      ttlSeconds: 900,
    });
    const signature = new URL(input.url).searchParams.get("X-Goog-Signature") ?? "none";
    expect(world.logged.join("")).not.toContain(signature);
  });
});
