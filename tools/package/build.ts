import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withCompiledSpecifiers } from "./declarations.ts";
import { withoutLocalLinks } from "./local-links.ts";

/** `npm run build`: compiles the package `mpegflow-gcs` into components/dist, ready for `npm pack --workspace mpegflow-gcs`. */
const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(root, "components", "dist");

rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (/\.d\.m?ts$/.test(file)) edit(join(dist, file), withCompiledSpecifiers);
}
// The sources beside it are ES modules; what is compiled is not.
writeFileSync(join(dist, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
writePolicyPack();
copyFileSync(join(root, "LICENSE"), join(root, "components", "LICENSE"));
writeFileSync(
  join(root, "components", "CHANGELOG.md"),
  withoutLocalLinks(readFileSync(join(root, "CHANGELOG.md"), "utf8")),
);

/** For `pulumi preview --policy-pack node_modules/mpegflow-gcs/dist/policy`. */
function writePolicyPack(): void {
  const from = (file: string): string => join(root, "policy", file);
  const to = (file: string): string => join(dist, "policy", file);
  copyFileSync(from("PulumiPolicy.yaml"), to("PulumiPolicy.yaml"));
  const { name, version, main } = JSON.parse(readFileSync(from("package.json"), "utf8")) as Record<
    string,
    string
  >;
  writeFileSync(
    to("package.json"),
    `${JSON.stringify({ name, version, private: true, type: "commonjs", main }, undefined, 2)}\n`,
  );
  copyFileSync(from("start.cjs"), to("start.cjs"));
  edit(to("start.cjs"), (text) => text.replace('"./index.mts"', '"./pack.js"'));
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, "utf8")));
}
