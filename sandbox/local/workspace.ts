import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../process/index.ts";
import { places } from "./places.ts";

/**
 * A project directory below `.sandbox` in which the engine may write. `pulumi stack init` adds the stack's encryption salt to its
 * `Pulumi.<stack>.yaml`; the user's own file must stay as it is, so the engine works on a copy, with the same program behind it.
 *
 * @returns the directory to run the engine in
 * @throws SetupError for a stack that has no configuration, naming those that have
 */
export function prepareWorkspace(stack: string): string {
  const stacks = join(places.root, "stacks");
  const source = join(stacks, `Pulumi.${stack}.yaml`);
  if (!existsSync(source)) {
    const known = readdirSync(stacks).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    throw new SetupError(
      `There is no stack ${JSON.stringify(stack)}: stacks/ configures ${known.join(", ")}.`,
    );
  }
  const workspace = join(places.sandbox, "workspace");
  const config = join(workspace, "config");
  mkdirSync(config, { recursive: true, mode: 0o700 });
  const project = readFileSync(join(places.root, "Pulumi.yaml"), "utf8")
    .replace(/^main: .*$/m, `main: ${JSON.stringify(join(stacks, "index.ts"))}`)
    .replace(/^stackConfigDir: .*$/m, "stackConfigDir: config");
  writeFileSync(join(workspace, "Pulumi.yaml"), project);
  const copy = join(config, `Pulumi.${stack}.yaml`);
  const salt = existsSync(copy) ? /^encryptionsalt: .*\n/m.exec(readFileSync(copy, "utf8"))?.[0] : undefined;
  copyFileSync(source, copy);
  if (salt !== undefined) writeFileSync(copy, readFileSync(source, "utf8").replace(/\n*$/, "\n") + salt);
  return workspace;
}
