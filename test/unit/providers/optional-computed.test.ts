import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { record } from "../platform/world.ts";
import type { RecordedResource } from "../pulumi-mocks.ts";
import facts from "./optional-computed.json" with { type: "json" };
import { decisions, everywhere, type Decision } from "./optional-computed-decisions.ts";
import { programs } from "./programs.ts";

const root = join(import.meta.dirname, "../../..");
const fieldsOf = new Map<string, readonly string[]>(Object.entries(facts.types));
/** Every field is ForceNew: https://www.pulumi.com/registry/packages/gcp/api-docs/storage/notification/ */
const WITHOUT_FACTS = ["gcp:storage/notification:Notification"];

/** Types of Google's resources that the components' sources make. */
const made = [
  ...new Set(
    globSync("components/**/*.ts", { cwd: root })
      .flatMap((file) => [...readFileSync(join(root, file), "utf8").matchAll(/new gcp\.(\w+)\.(\w+)\(/g)])
      .map(
        ([, module = "", name = ""]) =>
          `gcp:${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`,
      ),
  ),
].sort();

let recorded: RecordedResource[];
beforeAll(async () => {
  recorded = [];
  for (const program of Object.values(programs)) {
    const { recorder } = await record();
    program();
    await recorder.settled();
    recorded.push(...recorder.resources.filter(({ type }) => made.includes(type)));
  }
}, 60_000);

/** The decision about a field: its own, or that of the block that it is in. */
function decisionOn(type: string, path: string): Decision | undefined {
  const own = { ...everywhere, ...decisions[type] };
  for (let at = path; at !== ""; at = at.includes(".") ? at.slice(0, at.lastIndexOf(".")) : "") {
    const found = own[at] ?? own[at.replace(/\[\]$/, "")];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The objects that a field could be in, of all resources of a type; and whether it is there in each. */
function placesOf(type: string, path: string, unless?: string): boolean[] {
  const steps = path.split(".");
  const last = (steps.pop() ?? "").replace(/\[\]$/, "");
  return recorded
    .filter((resource) => resource.type === type && !(unless !== undefined && resource.inputs[unless]))
    .flatMap(({ inputs }) =>
      steps.reduce<unknown[]>(
        (objects, step) =>
          objects.flatMap((one) => (one as Record<string, unknown>)[step.replace(/\[\]$/, "")] ?? []),
        [inputs],
      ),
    )
    .filter((one) => typeof one === "object" && one !== null)
    .map((one) => (one as Record<string, unknown>)[last] !== undefined);
}

it("is decided of every type that the components make, and the programs make each of them", () => {
  expect(made.filter((type) => !fieldsOf.has(type))).toEqual(WITHOUT_FACTS);
  expect([...new Set(recorded.map(({ type }) => type))].sort()).toEqual(made);
});

describe.each([...fieldsOf])("%s", (type, fields) => {
  it("has a decision on each field that the provider keeps where it is left out", () => {
    expect(fields.filter((path) => decisionOn(type, path) === undefined)).toEqual([]);
  });

  it("has no decision on anything else", () => {
    const known = new Set(fields.flatMap((path) => [path, ...ancestorsOf(path)]));
    expect(Object.keys(decisions[type] ?? {}).filter((path) => !known.has(path))).toEqual([]);
  });

  it("sends what it is decided to send, and nothing that is left to Google", () => {
    const wrong = fields.flatMap((path) => {
      const decision = decisionOn(type, path);
      if (decision === undefined) return [];
      const places = placesOf(type, path, decision.is === "sent" ? decision.unless : undefined);
      const present = places.filter(Boolean).length;
      switch (decision.is) {
        case "sent":
          return present === places.length && present > 0
            ? []
            : [`${path} is sent ${present} times of ${places.length}`];
        case "left":
          return present === 0 ? [] : [`${path} is sent ${present} times`];
        case "asked":
          return present > 0 || path in everywhere ? [] : [`${path} is never sent`];
      }
    });
    expect(wrong).toEqual([]);
  });
});

function ancestorsOf(path: string): string[] {
  const steps = path.split(".");
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join("."));
}
