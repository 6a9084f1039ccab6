import type { FastifyInstance, RouteOptions } from "fastify";
import { globSync, readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { apiDocument } from "../../../../services/coordinator/index.ts";
import { answer } from "../../../../services/coordinator/http/describe.ts";
import { httpApiText } from "../../../../tools/docs/http-api.ts";
import { serverFor } from "../server.ts";
import { createWorld } from "../world.ts";

const file = new URL("../../../../docs/http-api.md", import.meta.url);
const sources = new URL("../../../../services/coordinator/", import.meta.url);

const contentSchema = z.record(
  z.string(),
  z.object({ schema: z.looseObject({ $ref: z.string().optional() }) }),
);
const operationSchema = z.object({
  operationId: z.string().min(3),
  summary: z.string().min(11),
  security: z.array(z.record(z.string(), z.array(z.never()))).optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.enum(["path", "query"]) })).optional(),
  requestBody: z.object({ required: z.literal(true), content: contentSchema }).optional(),
  responses: z.record(
    z.string(),
    z.object({ description: z.string().min(3), content: contentSchema.optional() }),
  ),
});
type Operation = z.infer<typeof operationSchema>;
const documentSchema = z.object({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({
    schemas: z.record(z.string(), z.looseObject({})),
    securitySchemes: z.record(z.string(), z.object({ description: z.string() })),
  }),
});
type Document = z.infer<typeof documentSchema>;

const operationsOf = ({ paths }: Document): Map<string, Operation> =>
  new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
    ),
  );

/** A server, and the routes that it registers, by what the document calls them. */
function registering(): { app: FastifyInstance; routes: Map<string, RouteOptions> } {
  const app = serverFor(createWorld());
  const routes = new Map<string, RouteOptions>();
  app.addHook("onRoute", (route) => {
    for (const method of [route.method].flat())
      if (method !== "HEAD") routes.set(`${method} ${route.url.replace(/:(\w+)/g, "{$1}")}`, route);
  });
  return { app, routes };
}

describe("the API's document", () => {
  let document: Document;
  let routes: Map<string, RouteOptions>;
  beforeAll(async () => {
    const registered = registering();
    const response = await registered.app.inject("/v1/openapi.json");
    document = documentSchema.parse(response.json());
    ({ routes } = registered);
  });

  it("is what docs/http-api.md says (npm run docs:http)", async () => {
    const options = await resolveConfig(file);
    const expected = await format(await httpApiText(), { ...options, parser: "markdown" });
    expect(readFileSync(file, "utf8")).toBe(expected);
  });

  it("is the same without a coordinator behind it", async () => {
    expect(documentSchema.parse(JSON.parse(JSON.stringify(await apiDocument())))).toEqual(document);
  });

  it("names every route that is registered, and no other", () => {
    expect([...routes.keys()]).toEqual(
      expect.arrayContaining(["GET /healthz", "POST /v1/leases/{jobId}/urls"]),
    );
    expect([...operationsOf(document).keys()].toSorted()).toEqual([...routes.keys()].toSorted());
  });

  it("tells of each operation whose token it takes, what it answers, and how it refuses", () => {
    for (const [name, { security = [], requestBody, responses }] of operationsOf(document)) {
      const statuses = Object.keys(responses);
      expect(
        statuses.some((status) => status.startsWith("2")),
        name,
      ).toBe(true);
      expect(statuses, name).toContain("500");
      const [[bearer] = []] = security.map(Object.keys);
      if (bearer !== undefined) {
        expect(Object.keys(document.components.securitySchemes), name).toContain(bearer);
        expect(statuses, name).toEqual(expect.arrayContaining(["401", "429", "503"]));
      }
      if (name.startsWith("POST")) expect(statuses, name).toEqual(expect.arrayContaining(["413", "415"]));
      if (requestBody !== undefined) expect(statuses, name).toContain("400");
      for (const [status, { content }] of Object.entries(responses))
        if (Number(status) >= 400)
          expect(content, `${name} ${status}`).toEqual({
            "application/json": { schema: { $ref: "#/components/schemas/Error" } },
          });
    }
  });

  it("says which token a route asks for, and how large a body may be", () => {
    const operations = operationsOf(document);
    for (const [name, route] of routes) {
      const operation = operations.get(name);
      const isOpen = /^GET \/(?:healthz|readyz|metrics|v1\/openapi\.json)$/.test(name);
      expect(operation?.security === undefined, name).toBe(isOpen);
      if (route.schema?.body !== undefined)
        expect(operation?.responses["413"]?.description, name).toContain(
          `${(route.bodyLimit ?? 0) / 1024} KiB`,
        );
    }
  });

  it("knows every code that the coordinator refuses with, at its status", () => {
    // Whoever is told this one has gone away.
    const untold = new Set(["503 worker-gone"]);
    const thrown = globSync("**/*.ts", { cwd: sources }).flatMap((name) =>
      [...readFileSync(new URL(name, sources), "utf8").matchAll(/new Problem\(\s*(\d+),\s*"([a-z-]+)"/g)].map(
        ([, status = "", code = ""]) => `${status} ${code}`,
      ),
    );
    const told = new Set(
      [...operationsOf(document).values()].flatMap(({ responses }) =>
        Object.entries(responses).flatMap(([status, { description }]) =>
          [...description.matchAll(/`([a-z-]+)`/g)].map(([, code = ""]) => `${status} ${code}`),
        ),
      ),
    );
    expect(thrown.length).toBeGreaterThan(30);
    expect(thrown.filter((one) => !told.has(one) && !untold.has(one))).toEqual([]);
  });

  it("points at nothing that is not there", () => {
    const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
      ([, name]) => name,
    );
    expect(names.length).toBeGreaterThan(100);
    for (const name of names) expect(Object.keys(document.components.schemas)).toContain(name);
  });
});

describe("a route that does not say what it is", () => {
  const well = {
    operationId: "stealJob",
    summary: "Take somebody's job",
    params: z.object({ jobId: z.string() }),
    response: { 200: answer("It is yours", z.object({})) },
  };
  const starting = async (schema: object | undefined): Promise<unknown> => {
    const { app } = registering();
    app.route({
      method: "POST",
      url: "/v1/jobs/:jobId/steal",
      ...(schema && { schema }),
      handler: () => ({}),
    });
    return app.ready();
  };

  it.each([
    ["no schema", undefined],
    ["no name", { ...well, operationId: undefined }],
    ["no summary", { ...well, summary: undefined }],
    ["no answer", { ...well, response: { 404: answer("None", z.object({})) } }],
    ["nothing about its path", { ...well, params: undefined }],
  ])("stops the start: %s", async (_what, schema) => {
    await expect(starting(schema)).rejects.toThrow(/POST \/v1\/jobs\/:jobId\/steal does not say what it is/);
  });

  it("starts when it says all of it", async () => {
    await expect(starting(well)).resolves.toBeDefined();
  });
});
