import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { operations } from "../../../../services/coordinator/http/openapi.ts";
import { openApi } from "../../../../services/coordinator/index.ts";
import { httpApiText } from "../../../../tools/docs/http-api.ts";
import { serverFor } from "../server.ts";
import { createWorld } from "../world.ts";

const file = new URL("../../../../docs/http-api.md", import.meta.url);

describe("the API's document", () => {
  it("is what docs/http-api.md says (npm run docs:http)", async () => {
    const options = await resolveConfig(file);
    const expected = await format(httpApiText(), { ...options, parser: "markdown" });
    expect(readFileSync(file, "utf8")).toBe(expected);
  });

  it("is served, and names every route that is registered, and no other", async () => {
    const app = serverFor(createWorld());
    const registered: string[] = [];
    app.addHook("onRoute", ({ method, url }) => {
      for (const one of [method].flat())
        if (one !== "HEAD") registered.push(`${one} ${url.replace(/:(\w+)/g, "{$1}")}`);
    });
    const response = await app.inject("/v1/openapi.json");
    const document = response.json<{ openapi: string; paths: Record<string, object> }>();
    expect(document).toEqual(JSON.parse(JSON.stringify(openApi())));
    expect(document.openapi).toBe("3.1.0");
    const named = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(registered.length).toBeGreaterThan(15);
    // Told in words: they take no token and have no schema.
    const inWords = ["GET /metrics", "GET /v1/openapi.json"];
    expect(registered.toSorted()).toEqual([...named, ...inWords].toSorted());
  });

  it("tells of each operation what it does, what it answers, and how it refuses", () => {
    for (const operation of operations) {
      expect(operation.summary.length, operation.id).toBeGreaterThan(10);
      expect(Object.keys(operation.answers).length, operation.id).toBeGreaterThan(0);
      expect(Object.keys(operation.errors), operation.id).toEqual(
        expect.arrayContaining(["401", "429", "503"]),
      );
      if (operation.body !== undefined) expect(Object.keys(operation.errors), operation.id).toContain("413");
    }
  });

  it("points at nothing that is not there", () => {
    const text = JSON.stringify(openApi());
    const { schemas } = (openApi() as { components: { schemas: Record<string, unknown> } }).components;
    for (const [, name = ""] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
      expect(Object.keys(schemas)).toContain(name);
  });
});
