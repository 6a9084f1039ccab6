import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes after which dead buffers are collected. */
const every = 4 * 2 ** 20;

type Collect = (options: { type: "minor" }) => void;

let collect: Collect | undefined;
let passed = 0;

/**
 * Counts bytes that have passed through this process, and has their buffers collected now and then.
 *
 * A buffer of 64 KiB weighs a few hundred bytes in the heap, which therefore looks empty while dead buffers of a hundred
 * megabytes wait beside it: a transfer of any size then takes as much memory as V8 lets pile up. Collecting the young
 * generation every few megabytes takes under a millisecond each time and keeps resident memory flat
 * (docs/performance.md).
 */
export function passedBytes(bytes: number): void {
  passed += bytes;
  if (passed < every) return;
  passed = 0;
  collect ??= collector();
  collect({ type: "minor" });
}

/** V8's own function, which is hidden unless asked for. */
function collector(): Collect {
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("globalThis.gc");
  return typeof found === "function" ? (found as Collect) : () => undefined;
}
