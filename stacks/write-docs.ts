import { writeFileSync } from "node:fs";
import { configurationPage } from "./configuration-table.ts";

/** `npm run docs`: writes the documentation that is made from code. */
writeFileSync(new URL("../docs/configuration.md", import.meta.url), configurationPage());
