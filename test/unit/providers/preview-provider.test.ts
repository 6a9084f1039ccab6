import { afterEach, describe, expect, test, vi } from "vitest";
import { string } from "../../../sandbox/providers/fields.ts";
import { type ResourceModel } from "../../../sandbox/providers/model.ts";
import { Refusal } from "../../../sandbox/providers/refusal.ts";
import { previewProvider, unknownFields } from "../../../sandbox/providers/preview-provider.ts";
import { createProvider, type ProviderModel } from "../../../sandbox/providers/provider.ts";
import { recorded } from "../../../sandbox/providers/recorded.ts";
import { secret, unknown, type Properties } from "../../../sandbox/providers/values.ts";
import type { Assumption } from "../../../sandbox/providers/assumptions.ts";

const shelf: ResourceModel = recorded({
  type: "studio:index:Shelf",
  fields: { name: string({ required: true }), kind: string({ allowed: ["open", "closed"] }) },
  outputs: ["place"],
  idOf: () => "a",
  report: () => ({ place: "here" }),
});
const model: ProviderModel = {
  name: "studio",
  version: "1.0.0",
  configuration: { project: string() },
  resources: [shelf],
  functions: [
    { token: "studio:index:getSum", fields: {}, pure: true, call: () => ({ sum: 2 }) },
    { token: "studio:index:getShelf", fields: {}, call: () => ({ place: "here" }) },
  ],
  unrendered: ["studio:index:render"],
};

const environment = { cloudAddress: undefined, signal: new AbortController().signal };
const naming = { seed: new Uint8Array(), proposed: undefined, mayGenerate: true };
const target = (type: string) => ({ urn: `urn:pulumi:dev::p::${type}::one`, type, name: "one" });
const effect = (type: string) => ({ ...target(type), timeoutSeconds: undefined, report: () => undefined });

function opened() {
  const notes: Assumption[] = [];
  const provider = previewProvider(model, environment, (kind, what, which = "") => {
    notes.push({ kind, what, which });
  });
  const check = (type: string, news: Properties) => provider.check(target(type), undefined, news, naming);
  return { provider, check, notes };
}

describe("a type without a model", () => {
  const news = { size: 3, password: secret("x"), blocks: [{ a: 1 }] };

  test("is taken as it is declared, and noted by its URN", async () => {
    const { provider, check, notes } = opened();
    expect(check("studio:index:Lamp", news)).toEqual({ inputs: news, problems: [] });
    expect(await provider.create(effect("studio:index:Lamp"), news, true)).toEqual({ id: "", state: news });
    expect(notes).toEqual([
      { kind: "resource", what: "studio:index:Lamp", which: target("studio:index:Lamp").urn },
    ]);
  });

  test("changes where an argument changes, and is not replaced", () => {
    const { provider } = opened();
    const old = { inputs: news, state: news };
    const { changes } = provider.diff(target("studio:index:Lamp"), old, { ...news, size: 4 });
    expect(changes).toEqual([{ path: "size", kind: "update", replaces: false }]);
    expect(provider.diff(target("studio:index:Lamp"), old, news).changes).toEqual([]);
  });

  test("is made by nobody", async () => {
    const { provider } = opened();
    await expect(provider.create(effect("studio:index:Lamp"), news, false)).rejects.toThrow(Refusal);
    await expect(
      provider.update(effect("studio:index:Lamp"), "id", { inputs: {}, state: {} }, news, false),
    ).rejects.toThrow(Refusal);
  });

  test("is refused outside of previews of anybody's stack, as ever", () => {
    const strict = createProvider(model, environment);
    expect(strict.check(target("studio:index:Lamp"), undefined, news, naming).problems).toEqual([
      expect.stringContaining("does not model the resource type studio:index:Lamp"),
    ]);
  });
});

describe("a type with a model", () => {
  test("is held to it", () => {
    const { check, notes } = opened();
    expect(check("studio:index:Shelf", {}).problems).toEqual(["studio:index:Shelf: name is required"]);
    expect(notes).toEqual([]);
  });

  test("keeps arguments and values that the model does not have, and they are noted", () => {
    const { check, notes } = opened();
    const news = { name: "a", depth: 4, kind: "folding" };
    expect(check("studio:index:Shelf", news)).toEqual({ inputs: news, problems: [] });
    expect(notes.map(({ kind, what }) => [kind, what])).toEqual([
      ["field", "studio:index:Shelf depth"],
      ["field", "studio:index:Shelf kind"],
    ]);
  });
});

describe("a resource that is there already", () => {
  test.each(["studio:index:Shelf", "studio:index:Lamp"])(
    "of type %s is not looked up without a cloud",
    async (type) => {
      const { provider, notes } = opened();
      const read = await provider.read(effect(type), "shelf-1", { inputs: undefined, state: { name: "a" } });
      expect(read).toEqual({ id: "shelf-1", inputs: {}, state: { name: "a" } });
      expect(notes).toEqual([{ kind: "read", what: type, which: target(type).urn }]);
    },
  );

  test("has nothing that an import could differ from", () => {
    const { provider } = opened();
    const unread = { inputs: {}, state: {} };
    expect(provider.diff(target("studio:index:Shelf"), unread, { name: "a" }).changes).toEqual([]);
  });
});

describe("a function", () => {
  test("that only computes is answered", async () => {
    const { provider, notes } = opened();
    expect(await provider.invoke("studio:index:getSum", {})).toEqual({ result: { sum: 2 }, problems: [] });
    expect(notes).toEqual([]);
  });

  test.each(["studio:index:getShelf", "studio:index:getLamp"])(
    "like %s has an unknown answer",
    async (token) => {
      const { provider, notes } = opened();
      const { result } = await provider.invoke(token, {});
      expect(unknownFields(result)).toEqual([]);
      expect(notes).toEqual([{ kind: "function", what: token, which: "" }]);
    },
  );

  test("whose answer others render is noted without its arguments, which may be secret", async () => {
    const { provider, notes } = opened();
    const { result } = await provider.invoke("studio:index:render", { password: "not-to-be-shown" });
    expect(unknownFields(result)).toEqual(["result"]);
    expect(notes.map(({ kind }) => kind)).toEqual(["unrendered"]);
    expect(JSON.stringify(notes)).not.toContain("not-to-be-shown");
  });
});

test("a provider's own configuration may say what this one has no need of", () => {
  expect(opened().provider.checkConfig({ project: "p", scopes: '["a"]' }).problems).toEqual([]);
});

describe("a setting that the stock provider takes from its environment", () => {
  const regional = recorded({
    type: "studio:index:Desk",
    fields: { region: string({ computed: true }) },
    outputs: [],
    idOf: () => "a",
    report: () => ({}),
  });
  const desk: ResourceModel = {
    ...regional,
    problems: (inputs, config) =>
      inputs["region"] === undefined && config["region"] === undefined ? ["no region: set it"] : [],
    predict: (inputs, config) => ({ region: inputs["region"] ?? config["region"] ?? null }),
  };
  const studio: ProviderModel = {
    ...model,
    configuration: { region: string() },
    ambient: [{ key: "region", variables: ["STUDIO_REGION", "STUDIO_DEFAULT_REGION"] }],
    resources: [desk],
  };
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  async function previewed(config: Properties, cloudAddress?: string) {
    const notes: Assumption[] = [];
    const provider = previewProvider(studio, { ...environment, cloudAddress }, (kind, what, which = "") => {
      notes.push({ kind, what, which });
    });
    provider.configure(config);
    const { problems } = provider.check(target("studio:index:Desk"), undefined, {}, naming);
    const made =
      problems.length > 0 ? undefined : await provider.create(effect("studio:index:Desk"), {}, true);
    return { problems, notes, region: made?.state["region"] };
  }

  test.each([
    [{ STUDIO_REGION: "a" }, {}, "a"],
    [{ STUDIO_DEFAULT_REGION: "b" }, {}, "b"],
    [{ STUDIO_REGION: "a", STUDIO_DEFAULT_REGION: "b" }, {}, "a"],
    [{ STUDIO_REGION: "", STUDIO_DEFAULT_REGION: "b" }, {}, "b"],
    [{ STUDIO_REGION: "a" }, { region: "c" }, "c"],
  ])("is read from %j where the configuration is %j", async (variables, config, region) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(await previewed(config)).toEqual({ problems: [], notes: [], region });
  });

  test("is unknown where nobody says it, which is noted with how to say it", async () => {
    expect(await previewed({})).toEqual({
      problems: [],
      notes: [
        {
          kind: "setting",
          what: "studio:region (--config studio:region=…, or STUDIO_REGION)",
          which: "",
        },
      ],
      region: unknown,
    });
  });

  test("is demanded outside of such previews", () => {
    const strict = createProvider(studio, environment);
    strict.configure({});
    expect(strict.check(target("studio:index:Desk"), undefined, {}, naming).problems).toEqual([
      "studio:index:Desk: no region: set it",
    ]);
  });
});
