/**
 * Preloaded (`node --import`) into the plugins the Pulumi engine starts. The engine holds the other end of a plugin's standard
 * input for as long as it lives; when that end closes, the engine is gone, even if it was killed and could not tell its plugins.
 * Without this a killed engine would leave its plugins running for ever.
 */
import { fstatSync } from "node:fs";

if (isPipe(0)) {
  process.stdin.on("close", () => process.exit(0));
  process.stdin.on("error", () => process.exit(0));
  process.stdin.resume();
  // Waiting for the parent is no work of its own: a process that has finished may end.
  process.stdin.unref();
}

function isPipe(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isFIFO() || status.isSocket();
  } catch {
    return false;
  }
}
