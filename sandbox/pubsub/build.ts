import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGo, goVersionOf, installedGo, type Report, SetupError } from "../process/index.ts";

const moduleDirectory = fileURLToPath(new URL("server/", import.meta.url));

/**
 * Builds the Pub/Sub emulator, once for each content of its source and each Go release.
 *
 * @returns the path of the executable
 * @throws SetupError when there is no Go, or the build fails
 */
export async function buildPubSub(
  cacheDirectory: string,
  report: Report,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const go = await installedGo(env);
  if (go === undefined) {
    throw new SetupError(
      `The Pub/Sub emulator is built from source, once, which needs Go ${goVersionOf(moduleDirectory)} or later ` +
        `(https://go.dev/dl/), and there is no "go" on PATH. To use an emulator that runs already, set PUBSUB_EMULATOR_HOST.`,
    );
  }
  const name = `pubsub-${sourceHash()}-${go}-${process.platform}-${process.arch}`;
  return buildGo({
    what: "the Pub/Sub emulator",
    moduleDirectory,
    mainPackage: ".",
    output: join(cacheDirectory, name, "pubsub"),
    expected: "about 1 min on two cores",
    env,
    report,
  });
}

function sourceHash(): string {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "main.go", "schemas.go"])
    hash.update(readFileSync(join(moduleDirectory, file)));
  return hash.digest("hex").slice(0, 12);
}
