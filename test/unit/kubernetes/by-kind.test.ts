import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  kubernetesClient,
  NoSuchKind,
  type KubernetesClient,
} from "../../../sandbox/kubernetes/client/index.ts";
import { fakeApiServer, resources, type FakeApiServer } from "./fake-api-server.ts";

let server: FakeApiServer;
let client: KubernetesClient;
beforeAll(async () => {
  server = await fakeApiServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.answers.clear();
  server.calls.length = 0;
  // Anew each time: it remembers what it discovered.
  await (client as KubernetesClient | undefined)?.close();
  client = kubernetesClient(server.access);
  server.answers.set(
    "GET /api/v1",
    resources(
      { name: "namespaces", kind: "Namespace", namespaced: false },
      { name: "namespaces/status", kind: "Namespace", namespaced: false },
      { name: "configmaps", kind: "ConfigMap", namespaced: true },
    ),
  );
});
afterAll(() => client.close());

const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one", namespace: "media" } };
const discoveries = () => server.calls.filter(({ path }) => path === "/api/v1").length;

describe("the path of an object", () => {
  it("is that of its kind, in its namespace or in `default`", async () => {
    expect(await client.pathOf("v1", "ConfigMap", "one", "media")).toBe(
      "/api/v1/namespaces/media/configmaps/one",
    );
    expect(await client.pathOf("v1", "ConfigMap", "one")).toBe("/api/v1/namespaces/default/configmaps/one");
  });

  it("names no namespace for a kind without", async () => {
    expect(await client.pathOf("v1", "Namespace", "media", "ignored")).toBe("/api/v1/namespaces/media");
  });

  it("is found in a group of its own", async () => {
    server.answers.set(
      "GET /apis/keda.sh/v1alpha1",
      resources({ name: "scaledjobs", kind: "ScaledJob", namespaced: true }),
    );
    expect(await client.pathOf("keda.sh/v1alpha1", "ScaledJob", "encoder", "media")).toBe(
      "/apis/keda.sh/v1alpha1/namespaces/media/scaledjobs/encoder",
    );
  });

  it("holds a name that is no path", async () => {
    expect(await client.pathOf("v1", "ConfigMap", "a/b:c", "media")).toMatch(/configmaps\/a%2Fb%3Ac$/);
  });

  it("is discovered once for all kinds of a group", async () => {
    await client.pathOf("v1", "ConfigMap", "one");
    await client.pathOf("v1", "Namespace", "media");
    expect(discoveries()).toBe(1);
  });

  it("is looked for again when the kind was not there", async () => {
    await expect(client.pathOf("v1", "Secret", "one")).rejects.toThrow(
      'no matches for kind "Secret" in version "v1"',
    );
    server.answers.set("GET /api/v1", resources({ name: "secrets", kind: "Secret", namespaced: true }));
    expect(await client.pathOf("v1", "Secret", "one")).toMatch(/secrets\/one$/);
  });

  it("is looked for again when the group was not there", async () => {
    await expect(client.pathOf("keda.sh/v1alpha1", "ScaledJob", "one")).rejects.toMatchObject({ code: 404 });
    server.answers.set(
      "GET /apis/keda.sh/v1alpha1",
      resources({ name: "scaledjobs", kind: "ScaledJob", namespaced: true }),
    );
    expect(await client.pathOf("keda.sh/v1alpha1", "ScaledJob", "one")).toMatch(/scaledjobs\/one$/);
  });
});

describe("apply", () => {
  const path = "/api/v1/namespaces/media/configmaps/one";

  it("is server-side, strict, and takes fields over", async () => {
    server.answers.set(`PATCH ${path}`, { body: configMap });
    await client.apply(configMap);
    expect(server.calls.at(-1)).toMatchObject({
      contentType: "application/apply-patch+yaml",
      query: { fieldManager: "mpegflow-sandbox", force: "true", fieldValidation: "Strict" },
      body: configMap,
    });
  });

  it("keeps nothing when it only rehearses", async () => {
    server.answers.set(`PATCH ${path}`, { body: configMap });
    await client.apply(configMap, { dryRun: true });
    expect(server.calls.at(-1)?.query).toMatchObject({ dryRun: "All" });
  });

  it("refuses what is no object, before any call", async () => {
    await expect(client.apply({ kind: "ConfigMap" })).rejects.toThrow(/apiVersion/);
    expect(server.calls).toEqual([]);
  });
});

describe("an object that is not there", () => {
  it("is undefined, and deleting it changes nothing", async () => {
    expect(await client.get("v1", "ConfigMap", "none", "media")).toBeUndefined();
    expect(await client.delete("v1", "ConfigMap", "none", "media")).toBe(false);
  });

  it("is so too where its kind is not there", async () => {
    expect(await client.get("v1", "Secret", "none")).toBeUndefined();
    expect(await client.delete("example.org/v1", "Thing", "none")).toBe(false);
  });

  it("is not taken for one that may not be seen", async () => {
    const body = { kind: "Status", reason: "Forbidden", message: "no" };
    server.answers.set("GET /api/v1/namespaces/media/configmaps/one", { status: 403, body });
    await expect(client.get("v1", "ConfigMap", "one", "media")).rejects.toMatchObject({ code: 403 });
  });
});

it("deletes an object that is there", async () => {
  server.answers.set("DELETE /api/v1/namespaces/media/configmaps/one", { body: { kind: "Status" } });
  expect(await client.delete("v1", "ConfigMap", "one", "media")).toBe(true);
});

it("tells a kind that is missing from an object that is", async () => {
  await expect(client.pathOf("v1", "Secret", "one")).rejects.toBeInstanceOf(NoSuchKind);
});
