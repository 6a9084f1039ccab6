import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * Puts a trap before the real gcloud for all unit tests: Google's library starts it where it looks for a project, and gcloud writes into the
 * home of whoever runs the tests. A run in which something did so fails, and names what was asked.
 */
export default function trapGcloud(): () => void {
  const directory = mkdtempSync(join(tmpdir(), "mpegflow-trap-"));
  const calls = join(directory, "calls");
  const gcloud = join(directory, "gcloud");
  writeFileSync(gcloud, `#!/bin/sh\necho "gcloud $*" >>"${calls}"\nexit 1\n`);
  chmodSync(gcloud, 0o755);
  const before = process.env["PATH"] ?? "";
  process.env["PATH"] = `${directory}${delimiter}${before}`;
  return () => {
    process.env["PATH"] = before;
    const called = existsSync(calls) ? readFileSync(calls, "utf8").trim() : "";
    rmSync(directory, { recursive: true });
    if (called !== "") throw new Error(`unit tests started gcloud:\n${called}\nUse stubLonelyHome().`);
  };
}
