import { enableCompileCache, registerHooks } from "node:module";

/**
 * Imported first: makes the pack's process ready in about half the time. The engine starts it in every preview and waits for it.
 *
 * The SDK loads npm's dependency resolver, some 400 modules, for a thing that no pack does: serialising functions of a program. So it is not
 * loaded; whoever asks for it gets an empty class. What is compiled once is kept for the next preview.
 */
enableCompileCache();
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@npmcli/arborist" && context.parentURL?.endsWith("/runtime/closure/codePaths.js") === true
      ? next("node:events", context)
      : next(specifier, context),
});
