import { mkdirSync, writeFileSync } from "node:fs";
import { policiesPage } from "./policies.ts";

/** Part of `npm run docs`. */
mkdirSync(new URL("../../docs/reference/", import.meta.url), { recursive: true });
writeFileSync(new URL("../../docs/reference/policies.md", import.meta.url), policiesPage());
