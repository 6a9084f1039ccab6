import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

/** Whether importing an entry of the package, in a process of its own, loads Amazon's provider. */
function loadsAws(entry: string): boolean {
  const url = new URL(`../../../components/${entry}`, import.meta.url);
  const program = `
    import { createRequire } from "node:module";
    await import(${JSON.stringify(url.href)});
    const loaded = Object.keys(createRequire(${JSON.stringify(fileURLToPath(url))}).cache);
    console.log(loaded.some((file) => file.includes("/@pulumi/aws/")));
  `;
  return (
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
    }).trim() === "true"
  );
}

it("leaves @pulumi/aws alone in the package's main entry", () => {
  expect(loadsAws("index.ts")).toBe(false);
});

it("has it in the entry mpegflow-gcs/aws", () => {
  expect(loadsAws("migration/index.ts")).toBe(true);
});
