import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

/** Whether importing modules, in a process of its own, loads Amazon's provider. */
function loadsAws(...modules: string[]): boolean {
  const urls = modules.map((one) => new URL(`../../../${one}`, import.meta.url).href);
  const program = `
    import { createRequire } from "node:module";
    for (const url of ${JSON.stringify(urls)}) await import(url);
    const loaded = Object.keys(createRequire(${JSON.stringify(fileURLToPath(import.meta.url))}).cache);
    console.log(loaded.some((file) => file.includes("/@pulumi/aws/")));
  `;
  return (
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
    }).trim() === "true"
  );
}

it("leaves @pulumi/aws alone in the package's main entry, and in what every stack's program loads", () => {
  const ofStacks = ["stacks/config.ts", "stacks/placeholders.ts", "stacks/platform-arguments.ts"];
  expect(loadsAws("components/index.ts", ...ofStacks)).toBe(false);
});

it("has it in the entry mpegflow-gcs/aws", () => {
  expect(loadsAws("components/migration/index.ts")).toBe(true);
});
