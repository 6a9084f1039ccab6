import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

/**
 * Gives Google's library a home without credentials and a PATH without gcloud, which it would start to ask for a project, and which would
 * write its settings into the home. `vi.unstubAllEnvs()` takes both back.
 */
export function stubLonelyHome(): void {
  const home = mkdtempSync(join(tmpdir(), "mpegflow-home-"));
  vi.stubEnv("HOME", home);
  vi.stubEnv("CLOUDSDK_CONFIG", join(home, "gcloud"));
  vi.stubEnv("PATH", home);
}
