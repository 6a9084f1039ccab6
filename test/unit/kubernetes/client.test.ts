import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { apiClient, ApiError, type ApiClient } from "../../../sandbox/kubernetes/client/index.ts";
import { fakeApiServer, type FakeApiServer } from "./fake-api-server.ts";

let server: FakeApiServer;
let client: ApiClient;
beforeAll(async () => {
  server = await fakeApiServer();
  client = apiClient({ ...server.access, token: "a-token" });
});
afterAll(async () => {
  await client.close();
  await server.close();
});
beforeEach(() => {
  server.answers.clear();
  server.calls.length = 0;
});

const path = "/api/v1/namespaces/media/configmaps/one";
const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one", namespace: "media" } };

describe("a call", () => {
  it("shows the token", async () => {
    server.answers.set(`GET ${path}`, { body: configMap });
    await client.get(path);
    expect(server.calls).toMatchObject([{ authorization: "Bearer a-token", client: undefined }]);
  });

  it("shows the certificate of a client that has one", async () => {
    server.answers.set(`GET ${path}`, { body: configMap });
    const certified = apiClient(await server.certified("system:node:n1"));
    await certified.get(path);
    await certified.close();
    expect(server.calls).toMatchObject([{ authorization: undefined, client: "system:node:n1" }]);
  });

  it("trusts no server that another authority vouches for", async () => {
    const other = await fakeApiServer();
    const mistaken = apiClient({ ...server.access, ca: other.access.ca });
    await expect(mistaken.get(path)).rejects.toThrow(/certificate/);
    await mistaken.close();
    await other.close();
  });

  it("sends any verb, with a body in JSON", async () => {
    server.answers.set(`PUT ${path}/status`, { body: configMap });
    await client.call("PUT", `${path}/status`, { status: {} });
    expect(server.calls).toMatchObject([
      { method: "PUT", contentType: "application/json", body: { status: {} } },
    ]);
  });

  it("answers text where the server does", async () => {
    server.answers.set("GET /readyz", { body: "ok" });
    expect(await client.call("GET", "/readyz")).toBe("ok");
  });

  it("is refused in the API server's own words", async () => {
    const message = 'configmaps "one" is forbidden: User "x" cannot get resource';
    server.answers.set(`GET ${path}`, {
      status: 403,
      body: { kind: "Status", reason: "Forbidden", message },
    });
    const refused = await client.get(path).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ name: "ApiError", code: 403, reason: "Forbidden", message });
  });

  it("is refused in the words of whatever stands before the server", async () => {
    server.answers.set(`GET ${path}`, { status: 502, body: "bad gateway\n" });
    await expect(client.get(path)).rejects.toMatchObject({ code: 502, reason: "", message: "bad gateway" });
    server.answers.set(`GET ${path}`, { status: 500, body: "" });
    await expect(client.get(path)).rejects.toThrow("HTTP status 500");
  });
});

describe("objects", () => {
  it("that are not there are found to be undefined", async () => {
    expect(await client.find(path)).toBeUndefined();
    await expect(client.get(path)).rejects.toMatchObject({ code: 404, reason: "NotFound" });
  });

  it("are patched by the kind of patch that is asked for, as one field manager", async () => {
    server.answers.set(`PATCH ${path}`, { body: configMap });
    await client.patch(path, "apply", configMap, { force: "true" });
    await client.patch(path, "merge", {}, { fieldManager: "other", dryRun: undefined });
    await client.patch(path, "strategic", {});
    expect(server.calls.map(({ contentType, query }) => [contentType, query])).toEqual([
      ["application/apply-patch+yaml", { fieldManager: "mpegflow-sandbox", force: "true" }],
      ["application/merge-patch+json", { fieldManager: "other" }],
      ["application/strategic-merge-patch+json", { fieldManager: "mpegflow-sandbox" }],
    ]);
  });

  it("are deleted with options", async () => {
    server.answers.set(`DELETE ${path}`, { body: { kind: "Status" } });
    await client.delete(path, { propagationPolicy: "Foreground" });
    expect(server.calls[0]?.body).toEqual({
      kind: "DeleteOptions",
      apiVersion: "v1",
      propagationPolicy: "Foreground",
    });
  });

  it("are listed with the version from which to watch on", async () => {
    const list = "/api/v1/namespaces/media/configmaps";
    server.answers.set(`GET ${list}`, {
      body: { metadata: { resourceVersion: "7" }, items: [configMap] },
    });
    expect(await client.list(list, { labelSelector: "a=b" })).toEqual({
      items: [configMap],
      resourceVersion: "7",
    });
    expect(server.calls[0]?.query).toEqual({ labelSelector: "a=b" });
  });
});

describe("a watch", () => {
  it("tells each change, however the network cuts the lines", async () => {
    const lines = ["ADDED", "MODIFIED", "DELETED"].map((type) => JSON.stringify({ type, object: configMap }));
    const text = `${lines.join("\n")}\n`;
    server.answers.set("GET /api/v1/configmaps", {
      chunks: [text.slice(0, 17), text.slice(17, 150), text.slice(150)],
    });
    const seen: string[] = [];
    const changes = client.watch(
      "/api/v1/configmaps",
      { resourceVersion: "7" },
      new AbortController().signal,
    );
    for await (const { type } of changes) seen.push(type);
    expect(seen).toEqual(["ADDED", "MODIFIED", "DELETED"]);
    expect(server.calls[0]?.query).toEqual({ watch: "true", resourceVersion: "7" });
  });

  it("is refused like any other call", async () => {
    const changes = client.watch("/api/v1/secrets", {}, new AbortController().signal);
    await expect(changes.next()).rejects.toMatchObject({ code: 404 });
  });
});
