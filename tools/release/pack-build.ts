import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

/** Part of `npm run build`: makes dist/policy a policy pack, for `pulumi preview --policy-pack node_modules/mpegflow-gcs/dist/policy`. */
const source = new URL("../../policy/", import.meta.url);
const target = new URL("../../dist/policy/", import.meta.url);
copyFileSync(new URL("PulumiPolicy.yaml", source), new URL("PulumiPolicy.yaml", target));
copyFileSync(new URL("package.json", source), new URL("package.json", target));
const start = readFileSync(new URL("start.cjs", source), "utf8");
writeFileSync(new URL("start.cjs", target), start.replace('"./index.mts"', '"./index.mjs"'));
