import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * Where this project keeps what it builds once per machine, by the XDG convention: `$XDG_CACHE_HOME/mpegflow-gcs`, else
 * `~/.cache/mpegflow-gcs`. A relative XDG_CACHE_HOME is ignored, as the specification asks
 * (https://specifications.freedesktop.org/basedir-spec/latest/).
 */
export function defaultCacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const configured = env["XDG_CACHE_HOME"];
  const root = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), ".cache");
  return join(root, "mpegflow-gcs");
}
