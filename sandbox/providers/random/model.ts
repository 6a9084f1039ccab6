import { randomBytes as bytes } from "node:crypto";
import random from "@pulumi/random/package.json" with { type: "json" };
import { integer, map, string, type Fields } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { ProviderModel } from "../provider.ts";
import { textOf, type Properties } from "../values.ts";

/** As the real ones, these values live in the engine's state only: no cloud is asked, and a refresh finds what was there. */
const heldInState = {
  update: () => Promise.reject(new Refusal("random values are replaced, never updated")),
  delete: () => Promise.resolve(),
};
const keepers: Fields = { keepers: map(string(), { replaces: true, local: true }) };

/** https://www.pulumi.com/registry/packages/random/api-docs/randombytes/ */
const randomBytes: ResourceModel = {
  type: "random:index/randomBytes:RandomBytes",
  fields: { ...keepers, length: integer({ required: true, replaces: true, min: 1 }) },
  outputs: ["base64", "hex"],
  secrets: ["base64", "hex"],
  create: (inputs) => {
    const value = bytes(Number(inputs["length"]));
    return Promise.resolve({ id: "none", properties: bytesOf(value) });
  },
  // Imported by its value in base64.
  read: (id, { state }) => {
    const value = Buffer.from(textOf(state["base64"]) ?? (id === "none" ? "" : id), "base64");
    return Promise.resolve(value.length === 0 ? undefined : { id: "none", properties: bytesOf(value) });
  },
  ...heldInState,
};

const bytesOf = (value: Buffer): Properties => ({
  length: value.length,
  base64: value.toString("base64"),
  hex: value.toString("hex"),
});

/** https://www.pulumi.com/registry/packages/random/api-docs/randomid/ */
const randomId: ResourceModel = {
  type: "random:index/randomId:RandomId",
  fields: {
    ...keepers,
    byteLength: integer({ required: true, replaces: true, min: 1 }),
    prefix: string({ replaces: true, local: true }),
  },
  outputs: ["b64Std", "b64Url", "dec", "hex"],
  create: (inputs) => {
    const value = bytes(Number(inputs["byteLength"]));
    return Promise.resolve({
      id: value.toString("base64url"),
      properties: idOf(value, textOf(inputs["prefix"]) ?? ""),
    });
  },
  // Imported by its value in URL-safe base64, after an optional prefix and a comma.
  read: (id, { inputs }) => {
    const comma = id.lastIndexOf(",");
    const prefix = comma < 0 ? textOf(inputs["prefix"]) : id.slice(0, comma);
    const text = id.slice(comma + 1);
    const value = Buffer.from(text, "base64url");
    return Promise.resolve({ id: value.toString("base64url"), properties: idOf(value, prefix ?? "") });
  },
  ...heldInState,
};

const idOf = (value: Buffer, prefix: string): Properties => ({
  byteLength: value.length,
  b64Std: prefix + value.toString("base64"),
  b64Url: prefix + value.toString("base64url"),
  dec: prefix + BigInt(`0x${value.toString("hex")}`).toString(),
  hex: prefix + value.toString("hex"),
});

/** Random values that stay the same until what they hang on changes. */
export const randomModel: ProviderModel = {
  name: "random",
  version: random.version,
  configuration: { version: string() },
  resources: [randomBytes, randomId],
  functions: [],
};
