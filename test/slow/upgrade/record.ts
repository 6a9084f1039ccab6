/**
 * Records what the committed stacks of this checkout look like when they are up, for upgrade.test.ts: `node test/slow/upgrade/record.ts NAME`,
 * run at a release. Writes states/NAME/<stack>.json.gz; the secrets in them are those of the test cloud, which nothing else takes.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openTestEngine } from "../../engine/support.ts";
import { startTestCloud } from "../../unit/providers/local-cloud.ts";
import { committedEnvironments, committedValues, openConfiguredStack } from "../stack-world.ts";

/** Where the program's files were, and the passphrase: the stack that takes the state encrypts with its own. */
const ABOUT_THIS_COMPUTER = new Set(["sourcePosition", "stackTrace", "secrets_providers"]);

const [, , version = ""] = process.argv;
if (!/^[\w.-]+$/.test(version)) throw new Error("give the name of what is recorded, such as 1.2.0");
const directory = join(import.meta.dirname, "states", version);
mkdirSync(directory, { recursive: true });
const engine = await openTestEngine();
try {
  for (const name of committedEnvironments) {
    // Each in a project of its own, as environments are.
    const cloud = await startTestCloud();
    const values = committedValues(name);
    const configured = await openConfiguredStack(engine, name, cloud.addressFile);
    const { exitCode, stdout, stderr } = await configured.up(values);
    await cloud.close();
    if (exitCode !== 0) throw new Error(`${name}: ${stdout}${stderr}`);
    const exported = await configured.stack.run(["stack", "export", "--show-secrets"]);
    const state: unknown = JSON.parse(exported.stdout, (key, value: unknown) =>
      ABOUT_THIS_COMPUTER.has(key) ? undefined : value,
    );
    writeFileSync(
      join(directory, `${name}.json.gz`),
      gzipSync(JSON.stringify({ values, state }), { level: 9 }),
    );
    process.stdout.write(`${name}: recorded\n`);
  }
} finally {
  engine.dispose();
}
