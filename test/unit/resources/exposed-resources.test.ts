import { describe, expect, test } from "vitest";
import { exposureOf } from "./exposed.ts";
import { FORMS } from "./forms.ts";

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
