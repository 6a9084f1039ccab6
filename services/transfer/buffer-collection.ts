import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes between two garbage collections. */
const collectEveryBytes = 4 * 2 ** 20;

type Collect = (options: { type: "minor" }) => void;

let collect: Collect | undefined;
let transferred = 0;

/**
 * Counts bytes transferred by this process, and collects their buffers every few megabytes.
 *
 * A buffer of 64 KiB takes a few hundred bytes of the heap; its content is outside of it. V8 therefore sees no reason to
 * collect garbage while a hundred megabytes of dead buffers pile up. Collecting the young generation takes less than a
 * millisecond and keeps resident memory flat (docs/performance.md).
 */
export function countTransferredBytes(bytes: number): void {
  transferred += bytes;
  if (transferred < collectEveryBytes) return;
  transferred = 0;
  collect ??= collector();
  collect({ type: "minor" });
}

/** V8's garbage collector, which is hidden by default. */
function collector(): Collect {
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("globalThis.gc");
  return typeof found === "function" ? (found as Collect) : () => undefined;
}
