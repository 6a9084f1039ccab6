import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readComponents } from "./components.ts";
import { componentPages, DIRECTORY } from "./pages.ts";

/** Part of `npm run docs`. */
const root = fileURLToPath(new URL("../../", import.meta.url));
const directory = join(root, DIRECTORY);
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
for (const [file, text] of componentPages(readComponents(root.replace(/\/$/, "")))) {
  writeFileSync(join(directory, file), text);
}
