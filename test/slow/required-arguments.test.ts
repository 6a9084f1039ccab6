import { describe, expect, test } from "vitest";
import { InvalidArguments } from "../../components/validation/index.ts";
import { readComponents } from "../../tools/docs/components.ts";
import * as components from "../../components/index.ts";
import * as migration from "../../components/migration/index.ts";
import * as images from "../../components/images/index.ts";
import { root } from "../engine/support.ts";

const classes: Readonly<Record<string, unknown>> = { ...components, ...migration, ...images };

/** As a program in JavaScript makes it, which no compiler looks at. */
function make(name: string, args?: object): unknown {
  const component = classes[name];
  if (typeof component !== "function") throw new Error(`there is no component ${name}`);
  return Reflect.construct(component, ["it", args]);
}

function problemsOf(making: () => unknown): { path: string; given: string }[] {
  try {
    making();
  } catch (error) {
    if (!(error instanceof InvalidArguments)) throw error;
    return error.problems.map(({ path, given }) => ({ path, given }));
  }
  return [];
}

const all = readComponents(root.replace(/\/$/, "")).map(({ name, arguments: given }): [string, string[]] => [
  name,
  given.filter(({ optional }) => !optional).map((one) => one.name),
]);
const demanding = all.filter(([, required]) => required.length > 0);

describe.each(demanding)("%s", (name, required) => {
  test.each([
    ["nothing", undefined],
    ["an empty object", {}],
  ])("of %s is refused with every argument that it needs", (_, args) => {
    expect(problemsOf(() => make(name, args))).toEqual(required.map((path) => ({ path, given: "nothing" })));
  });
});
