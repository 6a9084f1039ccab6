import { writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { httpApiText } from "./http-api.ts";

const file = new URL("../../docs/http-api.md", import.meta.url);
const options = await resolveConfig(file);
writeFileSync(file, await format(httpApiText(), { ...options, parser: "markdown" }));
