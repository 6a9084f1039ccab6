/** Small helpers for child processes, for what is built once per machine, and for saying so. */
export { compileCacheDirectory, defaultCacheDirectory } from "./cache.ts";
export {
  buildGo,
  goVersionOf,
  installedGo,
  moduleSource,
  requiredVersion,
  type GoBuild,
} from "./go-build.ts";
export { isAlive } from "./is-alive.ts";
export { liveArea, type LiveArea } from "./live-area.ts";
export { withLock } from "./lock.ts";
export { duration, logReport, terminalReport, type Report, type TextStream } from "./report.ts";
export { isSetupError, SetupError } from "./setup-error.ts";
export { isAtLeast } from "./versions.ts";
