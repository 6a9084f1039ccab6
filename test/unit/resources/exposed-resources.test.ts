import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import * as images from "../../../components/images/index.ts";
import * as components from "../../../components/index.ts";
import * as migration from "../../../components/migration/index.ts";
import { exposureOf } from "./exposed.ts";
import { FORMS } from "./forms.ts";

test("every component of the package is looked at", () => {
  const offered = Object.entries({ ...components, ...migration, ...images }).flatMap(([name, value]) =>
    typeof value === "function" && value.prototype instanceof pulumi.ComponentResource ? [name] : [],
  );
  expect(Object.keys(FORMS).toSorted()).toEqual(offered.toSorted());
});

describe.each(Object.entries(FORMS))("%s", (_, forms) => {
  test.each(forms)("of $what shows every resource that it made, and no other", async (form) => {
    const { made, exposed } = await exposureOf(form);
    expect(exposed).toEqual(made);
  });

  test("has no field that stays empty in all of these forms", async () => {
    const full = new Set<string>();
    const empty = new Set<string>();
    for (const form of forms) {
      const { fields } = await exposureOf(form);
      for (const field of fields.full) full.add(field);
      for (const field of fields.empty) empty.add(field);
    }
    expect(full.size).toBeGreaterThan(0);
    expect([...empty].filter((field) => !full.has(field))).toEqual([]);
  });
});
