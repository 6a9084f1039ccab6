/**
 * The providers of a preview, all in one process: gets an engine's connections from its parent, each with the name of a provider. Each is
 * served by a provider of its own, because an engine connects once for each configuration of a provider.
 */
import { Socket } from "node:net";
import { providerModels } from "./models.ts";
import { serveConnection } from "./start.ts";

process.on("disconnect", () => process.exit());
// A terminal's Ctrl-C reaches this process too; the engine takes it, and needs its providers to end what it has begun.
process.on("SIGINT", () => undefined);
process.on("message", (name: string, socket: unknown) => {
  const load = providerModels[name];
  // A connection that was lost on the way is none.
  if (load === undefined || !(socket instanceof Socket)) return;
  load().then(
    (model) => {
      serveConnection(model, socket);
    },
    (error: unknown) => {
      // The engine says that the connection was lost; this says why.
      process.stderr.write(`The provider ${name} cannot be loaded: ${String(error)}\n`);
      socket.destroy();
    },
  );
});
