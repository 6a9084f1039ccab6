import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld, STRANGER, type Answer, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const call: World["json"] = (...request) => world.json(...request);

describe("authentication of the JSON API", () => {
  test("refuses a missing and an unknown token with 401", async () => {
    const none = await world.fetch("/storage/v1/b?project=test-project");
    expect(none.status).toBe(401);
    const unknown = await world.fetch("/storage/v1/b?project=test-project", {
      headers: { authorization: "Bearer x" },
    });
    expect(await unknown.json()).toMatchObject({ error: { code: 401, errors: [{ reason: "authError" }] } });
  });

  test("refuses a principal without the project's permission with 403", async () => {
    const as = `serviceAccount:${STRANGER}`;
    expect((await call("POST", "/b?project=test-project", { name: "abcd" }, as)).status).toBe(403);
    expect((await call("GET", "/projects/test-project/hmacKeys", undefined, as)).status).toBe(403);
  });

  test("refuses another project", async () => {
    expect((await call("POST", "/b?project=other", { name: "abcd" })).status).toBe(403);
  });
});

describe("HMAC keys", () => {
  const account = (name: string): string => `${name}@test-project.iam.gserviceaccount.com`;
  const path = "/projects/test-project/hmacKeys";

  test("show their secret at creation only", async () => {
    const { body } = await call("POST", `${path}?serviceAccountEmail=${account("a")}`);
    const metadata = body["metadata"] as Record<string, string>;
    expect(String(body["secret"])).toHaveLength(40);
    expect(metadata["accessId"]).toHaveLength(61);
    const read = await call("GET", `${path}/${metadata["accessId"] ?? ""}`);
    expect(read.body).toEqual(metadata);
    expect(JSON.stringify(read.body)).not.toContain(body["secret"]);
  });

  test("are ten an account at most; deleted ones do not count", async () => {
    const make = (): Promise<Answer> => call("POST", `${path}?serviceAccountEmail=${account("ten")}`);
    const made = await Promise.all(Array.from({ length: 11 }, make));
    expect(made.filter(({ status }) => status === 200)).toHaveLength(10);
    const one = made.find(({ status }) => status === 200)?.body["metadata"] as { accessId: string };
    expect((await call("DELETE", `${path}/${one.accessId}`)).status).toBe(400);
    await call("PUT", `${path}/${one.accessId}`, { state: "INACTIVE" });
    expect((await call("DELETE", `${path}/${one.accessId}`)).status).toBe(204);
    expect((await make()).status).toBe(200);
    expect((await call("PUT", `${path}/${one.accessId}`, { state: "ACTIVE" })).status).toBe(400);
  });

  test("change only with the etag that was read", async () => {
    const { body } = await call("POST", `${path}?serviceAccountEmail=${account("etag")}`);
    const { accessId, etag } = body["metadata"] as { accessId: string; etag: string };
    expect((await call("PUT", `${path}/${accessId}`, { state: "INACTIVE", etag: "old" })).status).toBe(412);
    expect((await call("PUT", `${path}/${accessId}`, { state: "INACTIVE", etag })).status).toBe(200);
  });

  test("need an account that exists", async () => {
    expect((await call("POST", `${path}?serviceAccountEmail=nobody@example.com`)).status).toBe(404);
  });
});
