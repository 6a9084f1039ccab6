import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { committedConfig } from "../../../../stacks/committed.ts";
import { configurationPage, describeEffect } from "../../../../tools/docs/configuration-table.ts";
import { SETTINGS, SETTINGS_OF, type SettingKey } from "../../../../stacks/settings.ts";

const keys = Object.keys(SETTINGS) as SettingKey[];

test("docs/configuration.md is what `npm run docs` writes", () => {
  const written = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
  expect(written, "docs/configuration.md is stale: run `npm run docs`").toBe(configurationPage());
});

describe.each(keys)("the key %s", (key) => {
  const { text, schema } = SETTINGS[key];

  test("has one row, with its type, default, meaning and effect", () => {
    const rows = configurationPage()
      .split("\n")
      .filter((line) => line.startsWith(`| \`${key}\` |`));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`| ${text.type} |`);
    expect(rows[0]).toContain(text.meaning);
    expect(rows[0]).toContain(describeEffect(text.effect));
  });

  test("has a default in the table just when it may be left out", () => {
    expect(schema.safeParse(undefined).success).toBe(text.default !== undefined);
  });

  test("has an example that it accepts", () => {
    const { values } = committedConfig(
      "mpegflow-gcs",
      "x",
      `config:\n  mpegflow-gcs:${key}: ${text.example}`,
    );
    expect(schema.safeParse(values[`mpegflow-gcs:${key}`]).success, text.example).toBe(true);
  });

  test("has the default that the table says, where the schema fills it in", () => {
    expect([undefined, text.default]).toContain(schema.safeParse(undefined).data);
  });
});

test("a stack of any kind has keys of the one table only", () => {
  for (const settings of Object.values(SETTINGS_OF)) {
    expect(keys).toEqual(expect.arrayContaining(Object.keys(settings)));
  }
});
