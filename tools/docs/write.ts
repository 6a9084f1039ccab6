import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** Writes every page that is made from code, but for the HTTP API. */
export async function writeReference(): Promise<void> {
  mkdirSync(join(root, "docs/reference"), { recursive: true });
  await writeConfiguration();
  await writePolicies();
  await writeComponents();
  await writeCommands();
  await writeEnvironment();
}

/** docs/http-api.md */
export async function writeHttpApi(): Promise<void> {
  const [{ format, resolveConfig }, { httpApiText }] = await Promise.all([
    import("prettier"),
    import("./http-api.ts"),
  ]);
  const file = join(root, "docs/http-api.md");
  const options = await resolveConfig(file);
  writeFileSync(file, await format(await httpApiText(), { ...options, parser: "markdown" }));
}

/** docs/configuration.md, and the picture of what `prod` declares. */
async function writeConfiguration(): Promise<void> {
  const [{ configurationPage }, { drawPlatform }, { platformGraph }] = await Promise.all([
    import("./configuration-table.ts"),
    import("./picture/draw.ts"),
    import("./picture/graph.ts"),
  ]);
  writeFileSync(join(root, "docs/configuration.md"), configurationPage());
  const prod = readFileSync(join(root, "test/slow/golden/prod.txt"), "utf8");
  writeFileSync(join(root, "docs/architecture.svg"), drawPlatform(platformGraph(prod)));
}

/** docs/reference/policies.md */
async function writePolicies(): Promise<void> {
  const { policiesPage } = await import("./policies.ts");
  writeFileSync(join(root, "docs/reference/policies.md"), policiesPage());
}

/** docs/reference/components/ */
async function writeComponents(): Promise<void> {
  const [{ readComponents }, { componentPages, DIRECTORY }] = await Promise.all([
    import("./components.ts"),
    import("./pages.ts"),
  ]);
  const directory = join(root, DIRECTORY);
  const pages = componentPages(readComponents(root));
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of pages) writeFileSync(join(directory, file), text);
}

/** docs/reference/commands.md */
async function writeCommands(): Promise<void> {
  const { commandsPage } = await import("./commands.ts");
  writeFileSync(join(root, "docs/reference/commands.md"), await commandsPage());
}

/** docs/reference/environment.md */
async function writeEnvironment(): Promise<void> {
  const { environmentPage } = await import("./environment.ts");
  writeFileSync(join(root, "docs/reference/environment.md"), environmentPage());
}
