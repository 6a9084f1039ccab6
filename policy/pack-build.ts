import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

/** Part of `npm run build`: makes dist/policy a policy pack, for `pulumi preview --policy-pack node_modules/mpegflow-gcs/dist/policy`. */
const source = new URL("./", import.meta.url);
const target = new URL("../dist/policy/", import.meta.url);
copyFileSync(new URL("PulumiPolicy.yaml", source), new URL("PulumiPolicy.yaml", target));
const manifest = readFileSync(new URL("package.json", source), "utf8");
writeFileSync(new URL("package.json", target), manifest.replace('"index.mts"', '"index.mjs"'));
