import { z } from "zod";
import { describe, expect, it } from "vitest";
import * as protocol from "../../../services/protocol/index.ts";

/** Every schema that a body, a record or an event is made of. */
const schemas = Object.entries(protocol).flatMap(([name, value]) =>
  value instanceof z.ZodType ? [[name, value] as const] : [],
);

/** Why something is unbounded all the same. */
const exempt: Readonly<Record<string, string>> = {
  // Fields that a newer coordinator wrote into its own record; no caller's words get there.
  "jobRecordSchema (further fields)": "written by coordinators alone",
  "jobListSchema.jobs[] (further fields)": "written by coordinators alone",
};

interface Json {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly items?: Json;
  readonly additionalProperties?: boolean | Json;
  readonly anyOf?: readonly Json[];
  readonly allOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
}

/** Places of a JSON schema that let any amount of something through. */
function unbounded(json: Json, at: string): string[] {
  const parts = [...(json.anyOf ?? []), ...(json.allOf ?? []), ...(json.oneOf ?? [])];
  if (parts.length > 0) return parts.flatMap((part) => unbounded(part, at));
  if ("const" in json || "enum" in json) return [];
  switch (json["type"]) {
    case "boolean":
    case "null":
    case "number":
    case "integer":
      return [];
    case "string":
      return typeof json["maxLength"] === "number" ? [] : [`${at} (text)`];
    case "array":
      return [
        ...(typeof json["maxItems"] === "number" ? [] : [`${at} (list)`]),
        ...unbounded(json.items ?? {}, `${at}[]`),
      ];
    case "object": {
      const { additionalProperties: further } = json;
      return [
        ...Object.entries(json.properties ?? {}).flatMap(([name, one]) => unbounded(one, `${at}.${name}`)),
        ...(typeof further === "object" && Object.keys(further).length > 0
          ? [
              ...(typeof json["maxProperties"] === "number" ? [] : [`${at} (record)`]),
              ...unbounded((json["propertyNames"] ?? {}) as Json, `${at} (names)`),
              ...unbounded(further, `${at}{}`),
            ]
          : []),
        ...(typeof further === "object" && Object.keys(further).length === 0
          ? [`${at} (further fields)`]
          : []),
      ];
    }
    default:
      return [`${at} (anything)`];
  }
}

const boundsOf = (name: string, schema: z.ZodType, io: "input" | "output"): string[] =>
  // What a transformation makes has the bounds of what goes in.
  unbounded(z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json, name);

describe("the protocol", () => {
  it("has schemas to look at", () => {
    expect(schemas.length).toBeGreaterThan(20);
  });

  it.each(schemas)("bounds every text, list and record of %s", (name, schema) => {
    const found = [...boundsOf(name, schema, "input")].filter((place) => !(place in exempt));
    expect(found).toEqual([]);
  });

  it("notices a text, a list, a record and what may be anything, wherever they are", () => {
    const schema = z.object({
      a: z.string().optional(),
      b: z.array(z.union([z.string().max(3), z.string()])).default([]),
      c: z.record(z.string(), z.number()),
      d: z.unknown(),
      e: z.array(z.string().max(1)).max(1),
      f: z.looseObject({}),
    });
    expect(boundsOf("x", schema, "input")).toEqual([
      "x.a (text)",
      "x.b (list)",
      "x.b[] (text)",
      "x.c (record)",
      "x.c (names) (text)",
      "x.d (anything)",
      "x.f (further fields)",
    ]);
  });

  it("counts labels before it looks at them", () => {
    const base = { id: "job-1", input: "gs://bucket/in.mp4", outputPrefix: "gs://bucket/out/" };
    const labels = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, "x"]));
    expect(protocol.jobRequestSchema.safeParse({ ...base, labels: labels(64) }).success).toBe(true);
    const refused = protocol.jobRequestSchema.safeParse({ ...base, labels: labels(65) });
    expect(refused.error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [["labels"], "at most 64 entries"],
    ]);
    let looked = 0;
    const many = new Proxy(labels(100_000), {
      get: (target, name) => {
        looked += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
    expect(protocol.jobRequestSchema.safeParse({ ...base, labels: many }).success).toBe(false);
    expect(looked).toBe(0);
  });

  it.each([
    ["urlsRequestSchema", protocol.urlsRequestSchema, "outputs", 1000],
    ["completeRequestSchema", protocol.completeRequestSchema, "outputs", 100_000],
    ["multipartPartsRequestSchema", protocol.multipartPartsRequestSchema, "parts", 100],
    ["multipartCompleteRequestSchema", protocol.multipartCompleteRequestSchema, "parts", 10_000],
  ] as const)("counts the list of %s before it looks at an element", (_name, schema, field, most) => {
    let looked = 0;
    const list = new Proxy(Array.from({ length: most + 1 }), {
      get: (target, name) => {
        if (typeof name === "string" && /^\d+$/.test(name)) looked += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
    expect(schema.safeParse({ [field]: list }).success).toBe(false);
    expect(looked).toBe(0);
  });
});
