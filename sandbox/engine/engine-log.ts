import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const text =
  "The Pulumi CLI keeps no log here while this is a file. To see one: --logtostderr --verbose 9.\n";

/**
 * Keeps the Pulumi CLI from writing its own log, for which it has no setting: every property of every message between it and its plugins,
 * as encrypted JSON. That is 30 % of the engine's processor time in a preview of `prod`, and up to 500 MB of files that nobody reads. The
 * CLI does without where it cannot make the directory, so a file takes that place.
 *
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/logging/encrypted.go
 */
export function preventEngineLog(homeDirectory: string): void {
  const logs = join(homeDirectory, "logs");
  const found = statSync(logs, { throwIfNoEntry: false });
  if (found?.isFile() === true) return;
  rmSync(logs, { recursive: true, force: true });
  writeFileSync(logs, text);
}
