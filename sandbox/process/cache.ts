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

/** Where Node.js keeps the modules that it has compiled (https://nodejs.org/api/module.html#module-compile-cache). */
export function compileCacheDirectory(
  cacheDirectory = defaultCacheDirectory(),
  env: NodeJS.ProcessEnv = process.env,
): string {
  return env["NODE_COMPILE_CACHE"] ?? join(cacheDirectory, "node-compile-cache");
}
