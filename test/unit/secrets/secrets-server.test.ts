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
  call = async (principal, method, path, body) => {
    const response = await server.inject({
      method,
      url: `/v1/${path}`,
      headers: { authorization: `Bearer ${tokens.issue(principal, 60)}` },
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

  it("says what it models when asked for something else", async () => {
    const { status, body } = await call(owner, "GET", "projects/p/secrets/hmac:getIamPolicy");
    expect(status).toBe(501);
    expect(JSON.stringify(body)).toContain("The sandbox models POST secrets, GET secret,");
  });
});
