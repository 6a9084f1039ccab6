import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heartbeatResponseSchema, urlsResponseSchema } from "../../../../../services/protocol/index.ts";
import { codeOf, done, leased, post, type Body } from "../../server.ts";
import { bucket, worker } from "../../world.ts";

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
    world.upload("a.mp4");
    const completed = await post(app, "/v1/leases/job-1/complete", done, token);
    expect([completed.statusCode, completed.json()]).toEqual([200, { state: "succeeded", attempt: 1 }]);
  });

  it("keeps what a heartbeat tells of speed and time left, until the attempt has ended", async () => {
    const { app, lease, world } = await leased();
    world.advance(10);
    const told = { percentDone: 20, speed: 1.8, etaSeconds: 120 };
    await post(app, "/v1/leases/job-1/heartbeat", told, lease.token);
    const running = (await app.inject("/v1/jobs/job-1")).json<unknown>();
    const estimatedEndAt = new Date(world.now().getTime() + 120_000).toISOString();
    expect(running).toMatchObject({ ...told, estimatedEndAt });
    const metrics = await world.metrics.registry.metrics();
    expect(metrics).toContain('mpegflow_encode_speed_ratio_bucket{le="1"} 0');
    expect(metrics).toContain('mpegflow_encode_speed_ratio_bucket{le="2"} 1');
    await post(app, "/v1/leases/job-1/release", {}, lease.token);
    const after = (await app.inject("/v1/jobs/job-1")).json<object>();
    for (const gone of ["speed", "etaSeconds", "estimatedEndAt"]) expect(after).not.toHaveProperty(gone);
  });

  it.each([{ speed: -1 }, { speed: 1e9 }, { etaSeconds: -1 }, { etaSeconds: "soon" }])(
    "answers 400 to a heartbeat that tells %j",
    async (wrong) => {
      const { app, lease } = await leased();
      const beat = await post(app, "/v1/leases/job-1/heartbeat", { percentDone: 1, ...wrong }, lease.token);
      expect([beat.statusCode, codeOf(beat)]).toEqual([400, "invalid-request"]);
    },
  );

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
    const { app, lease, world } = await leased();
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
          expect(new URL(url).pathname.startsWith(`/${bucket}/${world.outputName("")}`)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
