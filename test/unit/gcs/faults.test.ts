import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ADMIN, createWorld, xmlCode, type World } from "./world.ts";

let world: World;
const content = "0123456789".repeat(40_000);

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("faulty");
  await world.client().bucket("faulty").file("o").save(content, { resumable: false });
});
afterAll(() => world.close());
beforeEach(() => {
  world.faults.clear();
  world.rateLimits.set({});
});

const get = (path = "/faulty/o", init: RequestInit = {}): Promise<Response> =>
  world.fetch(path, { as: ADMIN, ...init });
const put = (path: string, body = "x"): Promise<Response> => get(path, { method: "PUT", body });
const bodyOf = (answer: Promise<Response>): Promise<string> =>
  answer.then((response) => response.text()).catch(() => "broken");

describe("an injected fault", () => {
  test.each([
    [429, "SlowDown"],
    [500, "InternalError"],
    [503, "ServiceUnavailable"],
    [408, "RequestTimeout"],
  ] as const)("is an answer in the API's own shape: %i %s", async (status, code) => {
    world.faults.put("f", { action: { kind: "status", status } });
    const answer = await get();
    expect([answer.status, await xmlCode(answer)]).toEqual([status, code]);
    const json = await world.json("GET", "/b/faulty/o/o");
    expect(json.body.error?.code).toBe(status);
  });

  test.each([502, 504] as const)("is an answer of what stands in front of the API: %i", async (status) => {
    world.faults.put("f", { action: { kind: "status", status } });
    const answer = await get();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "text/html; charset=UTF-8"]);
  });

  test("hits the requests that fit, the first few of them, and is counted", async () => {
    const match = { method: "GET", path: "^/faulty/o$", range: true } as const;
    world.faults.put("f", {
      match,
      skip: 1,
      times: 1,
      action: { kind: "status", status: 503, retryAfterSeconds: 7 },
    });
    const ranged = { headers: { range: "bytes=0-1" } };
    const answers = [
      await get(),
      await get(undefined, ranged),
      await get(undefined, ranged),
      await get(undefined, ranged),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 206, 503, 206]);
    expect(answers[2]?.headers.get("retry-after")).toBe("7");
    expect(world.faults.hits("f")).toBe(1);
  });

  test("can come after the work is done", async () => {
    world.faults.put("f", {
      match: { method: "PUT" },
      action: { kind: "status", status: 503, when: "after" },
    });
    expect((await put("/faulty/done")).status).toBe(503);
    expect((await get("/faulty/done")).status).toBe(200);
  });

  test.each(["before", "after"] as const)("resets the connection %s the work", async (when) => {
    world.faults.put("f", { match: { method: "PUT" }, action: { kind: "reset", when } });
    await expect(put(`/faulty/reset-${when}`)).rejects.toThrow();
    expect((await get(`/faulty/reset-${when}`)).status).toBe(when === "after" ? 200 : 404);
  });

  test("resets the connection in the middle of a request, at once", { timeout: 3000 }, async () => {
    world.faults.put("f", {
      match: { method: "PUT" },
      action: { kind: "reset", afterRequestBytes: 100_000 },
    });
    await expect(put("/faulty/reset-within", content)).rejects.toThrow();
    expect((await get("/faulty/reset-within")).status).toBe(404);
  });

  test("ends a body early", async () => {
    world.faults.put("f", { action: { kind: "truncate", afterBodyBytes: 1000 } });
    expect(await bodyOf(get())).toBe("broken");
  });

  test("holds a body up and goes on", async () => {
    world.faults.put("f", { action: { kind: "stall", milliseconds: 200, afterBodyBytes: 1000 } });
    const started = performance.now();
    expect(await bodyOf(get())).toBe(content);
    expect(performance.now() - started).toBeGreaterThan(190);
  });

  test("changes a byte of the body and leaves its checksum", async () => {
    world.faults.put("f", { action: { kind: "corrupt", what: "body" } });
    expect(await bodyOf(get())).toBe(`1${content.slice(1)}`);
  });

  test("names a wrong checksum", async () => {
    world.faults.put("f", { action: { kind: "corrupt", what: "checksum" } });
    expect((await get()).headers.get("x-goog-hash")).toContain("crc32c=AAAAAA==");
  });

  test("is refused where it is no rule", () => {
    expect(() => {
      world.faults.put("f", { match: { path: "(" }, action: { kind: "status", status: 418 as 503 } });
    }).toThrow();
  });
});

describe("a rate limit", () => {
  test("lets one object change once a second, and others meanwhile", async () => {
    world.rateLimits.set({ objectWrites: 1 });
    const first = await put("/faulty/busy");
    const second = await put("/faulty/busy");
    expect([first.status, second.status, await xmlCode(second)]).toEqual([200, 429, "SlowDown"]);
    expect((await put("/faulty/idle")).status).toBe(200);
    world.clock.shiftSeconds += 1;
    expect((await put("/faulty/busy")).status).toBe(200);
  });

  test("is told by the JSON API as rateLimitExceeded", async () => {
    world.rateLimits.set({ bucketReads: 1 });
    const path = "/storage/v1/b/faulty/o/o?alt=media";
    await get(path);
    const answer = await get(path);
    expect(
      ((await answer.json()) as { error: { errors: { reason: string }[] } }).error.errors[0]?.reason,
    ).toBe("rateLimitExceeded");
  });
});
