import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commandsPage } from "../../../../tools/docs/commands.ts";

test("docs/reference/commands.md is what the commands say (npm run docs)", async () => {
  const written = readFileSync(new URL("../../../../docs/reference/commands.md", import.meta.url), "utf8");
  expect(written).toBe(await commandsPage());
});
