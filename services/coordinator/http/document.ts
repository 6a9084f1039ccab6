import swagger, { type SwaggerTransform } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { apiSchemas } from "../../protocol/index.ts";
import { answersOf, bearers } from "./describe.ts";

type Json = Record<string, unknown>;

const inJson = {
  target: "draft-2020-12",
  // What callers may write: an answer is described by the same schema, which says what it holds at the least.
  io: "input",
  unrepresentable: "any",
  // Left out by zod where something is counted before it is parsed.
  override: ({ zodSchema, jsonSchema }) => {
    const { def } = zodSchema._zod;
    if (def.type === "default") jsonSchema.default = def.defaultValue;
  },
} as const satisfies Parameters<typeof z.toJSONSchema>[1];

const reference = (name: string): string => `#/components/schemas/${name}`;

/** A schema with a name is described once, among the components. */
function jsonOf(schema: unknown): Json {
  if (!(schema instanceof z.ZodType)) throw new Error("A route's schemas are those of zod.");
  const name = apiSchemas.get(schema)?.id;
  return name === undefined ? withoutIdentity(z.toJSONSchema(schema, inJson)) : { $ref: reference(name) };
}

/** Where a schema came from is nothing that a document's part may say. */
const withoutIdentity = (schema: Json): Json =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "$schema" && key !== "$id"));

const securitySchemes = Object.fromEntries(
  Object.entries(bearers).map(([name, description]) => [
    name,
    { type: "http" as const, scheme: "bearer", description },
  ]),
);

function describedSchemas(): Record<string, object> {
  const { schemas } = z.toJSONSchema(apiSchemas, { ...inJson, uri: reference });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withoutIdentity({ ...schema })]),
  );
}

/** What the plugin knows how to write: JSON schemas in the place of zod's, and no content where there is none. */
const transform: SwaggerTransform = ({ schema, url }) => {
  const { body, params, querystring, ...rest } = schema;
  const response = Object.entries(answersOf(schema)).map(([status, { description, content }]) => [
    status,
    content === undefined
      ? { description, type: "null" }
      : {
          description,
          content: Object.fromEntries(
            Object.entries(content).map(([type, one]) => [type, { schema: jsonOf(one.schema) }]),
          ),
        },
  ]);
  return {
    url,
    schema: {
      ...rest,
      ...(body !== undefined && { body: jsonOf(body) }),
      ...(params !== undefined && { params: jsonOf(params) }),
      ...(querystring !== undefined && { querystring: jsonOf(querystring) }),
      response: Object.fromEntries(response) as Json,
    },
  };
};

/** Makes the OpenAPI 3.1 document of the routes that are added later: `app.swagger()`, once the server is ready. */
export function collectDescriptions(app: FastifyInstance): void {
  void app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "MpegFlow coordinator",
        version: "1",
        description:
          "Jobs for clients, leases for workers. Every answer of 400 and above has the body `Error`.",
      },
      components: { securitySchemes },
    },
    convertConstToEnum: false,
    transform,
    transformObject: (document) => {
      if (!("openapiObject" in document)) throw new Error("The document is one of OpenAPI.");
      return { ...document.openapiObject, components: { schemas: describedSchemas(), securitySchemes } };
    },
  });
}
