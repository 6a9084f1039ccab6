import { readFileSync, writeFileSync } from "node:fs";
import { configurationPage } from "./configuration-table.ts";
import { drawPlatform } from "./picture/draw.ts";
import { platformGraph } from "./picture/graph.ts";

const place = (path: string): URL => new URL(`../../${path}`, import.meta.url);

/** `npm run docs`: writes the documentation that is made from code, and the picture of what `prod` declares. */
writeFileSync(place("docs/configuration.md"), configurationPage());
const prod = readFileSync(place("test/slow/golden/prod.txt"), "utf8");
writeFileSync(place("docs/architecture.svg"), drawPlatform(platformGraph(prod)));
