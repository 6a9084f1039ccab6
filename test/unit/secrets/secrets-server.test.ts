import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FastifyInstance } from "fastify";
import { openIam, signedTokens } from "../../../sandbox/iam/index.ts";
import { openSecrets, secretsServer } from "../../../sandbox/secrets/index.ts";

const owner = "user:owner@example.com";
const reader = "serviceAccount:reader@p.iam.gserviceaccount.com";
let directory: string;
let server: FastifyInstance;
let issue: (principal: string) => string;
let call: (
  principal: string,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: object,
) => Promise<{ status: number; body: unknown }>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "secrets-"));
  const clock = () => new Date("2026-01-01T00:00:00Z");
  const tokens = signedTokens(Buffer.alloc(32, 7), clock);
  const iam = openIam(directory, "p");
  iam.bindings.put("owner", {
    resource: "//cloudresourcemanager.googleapis.com/projects/p",
    role: "roles/owner",
    member: owner,
  });
  iam.bindings.put("reader", {
    resource: "//secretmanager.googleapis.com/projects/p/secrets/hmac",
    role: "roles/secretmanager.secretAccessor",
    member: reader,
  });
  server = secretsServer({
    secrets: openSecrets(directory, clock),
    authorizer: iam,
    tokens,
    projectId: "p",
    projectNumber: "42",
  });
  issue = (principal) => tokens.issue(principal, 60);
  call = async (principal, method, path, body) => {
    const response = await server.inject({
      method,
      url: `/v1/${path}`,
      headers: { authorization: `Bearer ${issue(principal)}` },
      ...(body && { payload: body }),
    });
    return { status: response.statusCode, body: response.json() };
  };
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const add = (text: string) => ({ payload: { data: Buffer.from(text).toString("base64") } });
const create = () =>
  call(owner, "POST", "projects/p/secrets?secretId=hmac", { replication: { automatic: {} } });

describe("Secret Manager", () => {
  it("gives the newest version under `latest`, to who may access it", async () => {
    await create();
    await call(owner, "POST", "projects/p/secrets/hmac:addVersion", add("one"));
    await call(owner, "POST", "projects/p/secrets/hmac:addVersion", add("two"));
    expect(await call(reader, "GET", "projects/p/secrets/hmac/versions/latest:access")).toEqual({
      status: 200,
      body: {
        name: "projects/42/secrets/hmac/versions/2",
        payload: { data: Buffer.from("two").toString("base64") },
      },
    });
  });

  it("takes the project's number for its id", async () => {
    await create();
    await call(owner, "POST", "projects/42/secrets/hmac:addVersion", add("one"));
    expect((await call(reader, "GET", "projects/42/secrets/hmac/versions/1:access")).status).toBe(200);
  });

  it("refuses to change a secret to who may only read it", async () => {
    await create();
    expect(await call(reader, "POST", "projects/p/secrets/hmac:addVersion", add("evil"))).toMatchObject({
      status: 403,
      body: { error: { status: "PERMISSION_DENIED" } },
    });
  });

  it("refuses a request without a valid token", async () => {
    const response = await server.inject({ url: "/v1/projects/p/secrets/hmac/versions/latest:access" });
    expect(response.statusCode).toBe(401);
  });

  it("refuses to create a secret twice", async () => {
    await create();
    expect(await create()).toMatchObject({
      status: 409,
      body: { error: { message: "Secret [hmac] already exists." } },
    });
  });

  it.each(["disable", "destroy"])("does not give a version after %s", async (verb) => {
    await create();
    await call(owner, "POST", "projects/p/secrets/hmac:addVersion", add("one"));
    await call(owner, "POST", `projects/p/secrets/hmac/versions/1:${verb}`);
    expect((await call(reader, "GET", "projects/p/secrets/hmac/versions/1:access")).status).toBe(400);
  });

  it("cannot bring back a destroyed version", async () => {
    await create();
    await call(owner, "POST", "projects/p/secrets/hmac:addVersion", add("one"));
    await call(owner, "POST", "projects/p/secrets/hmac/versions/1:destroy");
    expect((await call(owner, "POST", "projects/p/secrets/hmac/versions/1:enable")).status).toBe(400);
  });

  it.each([
    ["an unknown secret", "projects/p/secrets/other"],
    ["an unknown version", "projects/p/secrets/hmac/versions/9"],
    ["another project", "projects/q/secrets/hmac"],
  ])("answers 404 for %s", async (_, path) => {
    await create();
    expect((await call(owner, "GET", path)).status).toBe(404);
  });

  it.each(["disable", "enable", "destroy"])(
    "takes an empty body, of whatever content type, for %s",
    async (verb) => {
      await create();
      await call(owner, "POST", "projects/p/secrets/hmac:addVersion", add("one"));
      const response = await server.inject({
        method: "POST",
        url: `/v1/projects/p/secrets/hmac/versions/1:${verb}`,
        headers: { authorization: `Bearer ${issue(owner)}`, "content-type": "application/json" },
      });
      expect(response.statusCode).toBe(200);
      expect(response.json()).toMatchObject({
        state: { disable: "DISABLED", enable: "ENABLED", destroy: "DESTROYED" }[verb],
      });
    },
  );

  it("answers malformed JSON with 400", async () => {
    const response = await server.inject({
      method: "POST",
      url: "/v1/projects/p/secrets/hmac:addVersion",
      headers: { authorization: `Bearer ${issue(owner)}`, "content-type": "application/json" },
      payload: "{",
    });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ error: { status: "INVALID_ARGUMENT" } });
  });

  it("changes what the mask names and nothing else", async () => {
    await create();
    const path = "projects/p/secrets/hmac?updateMask=labels,replication";
    const replication = { automatic: { customerManagedEncryption: { kmsKeyName: "key" } } };
    const change = { labels: { team: "video" }, annotations: { note: "no" }, replication };
    expect(await call(owner, "PATCH", path, change)).toMatchObject({
      status: 200,
      body: { labels: { team: "video" }, annotations: {}, replication },
    });
  });

  it("shows who may do what with a secret, to who may ask", async () => {
    await create();
    const path = "projects/p/secrets/hmac:getIamPolicy";
    expect(await call(owner, "GET", path)).toMatchObject({
      status: 200,
      body: {
        version: 1,
        bindings: [{ role: "roles/secretmanager.secretAccessor", members: [reader] }],
      },
    });
    expect((await call(reader, "GET", path)).status).toBe(403);
    expect((await call(owner, "GET", "projects/p/secrets/other:getIamPolicy")).status).toBe(404);
  });

  it("tells a caller which permissions it has", async () => {
    await create();
    const permissions = ["secretmanager.versions.access", "secretmanager.secrets.delete"];
    const path = "projects/p/secrets/hmac:testIamPermissions";
    expect((await call(reader, "POST", path, { permissions })).body).toEqual({
      permissions: ["secretmanager.versions.access"],
    });
    expect((await call(owner, "POST", path, { permissions })).body).toEqual({ permissions });
    expect((await call("user:nobody@example.com", "POST", path, { permissions })).body).toEqual({});
  });

  it("says what it models when asked for something else", async () => {
    const { status, body } = await call(owner, "POST", "projects/p/secrets/hmac:setIamPolicy");
    expect(status).toBe(501);
    expect(JSON.stringify(body)).toContain("The sandbox models POST secrets, GET secret,");
  });
});
