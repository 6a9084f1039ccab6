/** Loaded into a coordinator by `--import`, with `--expose-gc`: tells its parent what it holds once all garbage is gone. */
const { gc } = globalThis;

process.on("message", (message) => {
  if (message !== "sample" || gc === undefined) return;
  // Twice: what finalizers let go is garbage only after the first.
  gc();
  setImmediate(() => {
    gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send?.({ heapUsed, external, rss });
  });
});
// The channel must not keep a drained coordinator alive.
process.channel?.unref();
