/**
 * What Pulumi loads: makes the pack's process ready in about half the time. The engine starts it in every preview and waits for it.
 *
 * Plain CommonJS, since of an ES module all imports are read before its first line runs. So the cache is there before any TypeScript is
 * read: what is compiled once is kept for the next preview, and written at once, because the engine ends the process without notice.
 *
 * The SDK loads npm's dependency resolver, some 400 modules, for a thing that no pack does: serialising functions of a program. So it is
 * not loaded; whoever asks for it gets an empty class.
 */
const { enableCompileCache, flushCompileCache, registerHooks } = require("node:module");

// Node.js 20 has none of the three, and is only slower without.
enableCompileCache?.();
registerHooks?.({
  resolve: (specifier, context, next) =>
    specifier === "@npmcli/arborist" && context.parentURL?.endsWith("/runtime/closure/codePaths.js") === true
      ? next("node:events", context)
      : next(specifier, context),
});
require("./index.mts");
flushCompileCache?.();
