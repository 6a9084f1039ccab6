import type { Policies } from "@pulumi/policy";
import * as random from "@pulumi/random";
import { describe, expect, test } from "vitest";
import { bucketsPreventPublicAccess } from "../../../policy/buckets/access.ts";
import { judge, outputOf, recordPulumi, secret, UNKNOWN, urnOf } from "../../../testing/index.ts";

/** A policy that tells what it was given. */
function seeing(see: (args: Parameters<NonNullable<ResourceValidation>>[0]) => unknown): Policies {
  return [
    {
      name: "sees",
      description: "Tells what it sees.",
      enforcementLevel: "mandatory",
      configSchema: { properties: { limit: { type: "integer", default: 3 } } },
      validateResource: (args, report) => {
        report(JSON.stringify(see(args)));
      },
    },
  ];
}
type ResourceValidation = Extract<
  Extract<Policies[number], { validateResource?: unknown }>["validateResource"],
  (...args: never[]) => unknown
>;

const shelf = { type: "tiny:index:Shelf", name: "s", props: {} };

describe("a resource policy sees", () => {
  test.each([
    [
      "secrets unwrapped",
      { props: { key: secret("hidden") } },
      (args: { props: Record<string, unknown> }) => args.props["key"],
      "hidden",
    ],
    [
      "the parent by URN",
      { parent: "tiny:index:Case::c" },
      (args: { opts: { parent?: string } }) => args.opts.parent,
      urnOf("tiny:index:Case::c"),
    ],
    [
      "aliases",
      { aliases: ["urn:pulumi:prod::media::a::b"] },
      (args: { opts: { aliases: string[] } }) => args.opts.aliases,
      ["urn:pulumi:prod::media::a::b"],
    ],
    ["protection", { protect: true }, (args: { opts: { protect: boolean } }) => args.opts.protect, true],
    [
      "the provider",
      { provider: { type: "pulumi:providers:tiny", name: "p", props: { region: "r" } } },
      (args: { provider?: { props: Record<string, unknown> } }) => args.provider?.props["region"],
      "r",
    ],
  ])("%s", async (_, given, see, expected) => {
    const { violations } = await judge(seeing(see), [{ ...shelf, ...given }]);
    expect(violations).toEqual([
      { policy: "sees", resource: "s", message: JSON.stringify(expected), level: "mandatory" },
    ]);
  });

  test("stack tags, and configuration with its defaults", async () => {
    const see = seeing((args) => [args.stackTags.get("team"), args.getConfig()]);
    const { violations } = await judge(see, [shelf], { stackTags: { team: "video" } });
    expect(violations[0]?.message).toBe('["video",{"limit":3}]');
  });

  test("an unknown value as an error, which the SDK reports as advice", async () => {
    const { violations } = await judge(
      seeing((args) => args.props["size"] as unknown),
      [{ ...shelf, props: { size: UNKNOWN.number } }],
    );
    expect(violations).toMatchObject([{ level: "advisory" }]);
    expect(violations[0]?.message).toContain("number value at .size can't be known during preview");
  });
});

test("a stack policy sees which resource a property comes from, and who its parent is", async () => {
  const policies: Policies = [
    {
      name: "links",
      description: "Tells who depends on whom.",
      validateStack: ({ resources }, report) => {
        for (const { name, parent, dependencies, propertyDependencies } of resources) {
          report(
            JSON.stringify([
              name,
              parent?.name,
              dependencies.map((one) => one.name),
              propertyDependencies["shelf"]?.map((one) => one.name),
            ]),
          );
        }
      },
    },
  ];
  const { violations } = await judge(policies, [
    shelf,
    {
      type: "tiny:index:Book",
      name: "b",
      props: { shelf: outputOf("tiny:index:Shelf::s") },
      parent: "tiny:index:Shelf::s",
    },
  ]);
  expect(violations.map(({ message }) => message)).toEqual(['["s",null,[],null]', '["b","s",["s"],["s"]]']);
});

test("a remediation changes the inputs before policies judge them, and leaves unknown values alone", async () => {
  const bucket = {
    type: "gcp:storage/bucket:Bucket",
    name: "media",
    props: { name: UNKNOWN.string, location: "US", key: secret("hidden") },
  };
  const { violations, remediated } = await judge([bucketsPreventPublicAccess], [bucket], {
    config: { "buckets-prevent-public-access": { enforcementLevel: "remediate" } },
  });
  expect(violations).toEqual([]);
  expect(remediated).toEqual({
    media: { name: UNKNOWN.string, location: "US", key: "hidden", publicAccessPrevention: "enforced" },
  });
});

test.each([
  ["disabled", []],
  ["advisory", ["advisory"]],
  ["mandatory", ["mandatory"]],
])("the level %s is that of the configuration", async (enforcementLevel, levels) => {
  const bucket = { type: "gcp:storage/bucket:Bucket", name: "media", props: {} };
  const { violations } = await judge([bucketsPreventPublicAccess], [bucket], {
    config: { "buckets-prevent-public-access": { enforcementLevel } },
  });
  expect(violations.map(({ level }) => level)).toEqual(levels);
});

test("configuration of a policy or a property that does not exist is refused", async () => {
  await expect(
    judge([bucketsPreventPublicAccess], [], {
      config: { nothing: {}, "buckets-prevent-public-access": { limit: 1 } },
    }),
  ).rejects.toThrow(
    "The policies' configuration is wrong:\n  - there is no policy nothing\n  - buckets-prevent-public-access has no property limit; it has enforcementLevel, exceptions, stacks",
  );
});

test("a policy that throws fails the test, and says on which resource", async () => {
  const throwing = seeing(() => {
    throw new Error("mistake");
  });
  await expect(judge(throwing, [shelf])).rejects.toThrow(/s: .*mistake/s);
});

test("what a program registered is judged as it is: inputs one by one, outputs, parents and sources in the stack", async () => {
  const recorder = await recordPulumi({ outputs: ({ name }) => ({ hex: `hex of ${name}` }) });
  const provider = new random.Provider("own", {});
  const id = new random.RandomId("id", { byteLength: 2 }, { provider });
  new random.RandomPet("pet", { prefix: id.hex }, { parent: id });
  await recorder.settled();
  const policies: Policies = [
    ...seeing(({ name, props }) => [name, props["byteLength"], props["hex"], props["prefix"]] as unknown),
    {
      name: "stack",
      description: "Tells the whole.",
      validateStack: ({ resources }, report) => {
        for (const { name, props, parent, provider: made, propertyDependencies } of resources) {
          const sources = Object.values(propertyDependencies).flat();
          report(
            JSON.stringify([name, props["hex"], parent?.name, made?.name, sources.map((one) => one.name)]),
          );
        }
      },
    },
  ];
  const { violations } = await judge(policies, recorder.judged());
  expect(violations.map(({ message }) => message)).toEqual([
    '["own",null,null,null]',
    '["id",2,null,null]',
    '["pet",null,null,"hex of id"]',
    '["own","hex of own",null,null,[]]',
    '["id","hex of id",null,"own",[]]',
    '["pet","hex of pet","id","own",["id"]]',
  ]);
});
