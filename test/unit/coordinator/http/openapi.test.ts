import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
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

  it("is served, and names every route", async () => {
    const app = serverFor(createWorld());
    const response = await app.inject("/v1/openapi.json");
    const document = response.json<{ openapi: string; paths: Record<string, object> }>();
    expect(document).toEqual(JSON.parse(JSON.stringify(openApi())));
    expect(document.openapi).toBe("3.1.0");
    const named = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    for (const operation of named)
      expect(
        app.hasRoute({
          method: operation.split(" ")[0]?.toUpperCase() ?? "",
          url: operation.split(" ")[1]?.replace(/\{(\w+)\}/g, ":$1") ?? "",
        }),
      ).toBe(true);
  });

  it("points at nothing that is not there", () => {
    const text = JSON.stringify(openApi());
    const { schemas } = (openApi() as { components: { schemas: Record<string, unknown> } }).components;
    for (const [, name = ""] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
      expect(Object.keys(schemas)).toContain(name);
  });
});
