import { flushCompileCache } from "node:module";
import type { Socket } from "node:net";
import grpc from "@grpc/grpc-js";
import { previewProvider } from "./preview-provider.ts";
import { createProvider, type Provider, type ProviderModel } from "./provider.ts";
import { providerServer, serve, type ServeOptions } from "./server.ts";
import { assumptionRecorder } from "./assumptions.ts";

/**
 * Runs a provider plugin as the engine starts one: `node main.ts <engine address>`; the port goes to stdout.
 */
export async function start(model: ProviderModel, engineAddress = process.argv[2]): Promise<void> {
  const { provider, options } = fromEnvironment(model);
  const { port } = await serve(provider, {
    ...options,
    ...(engineAddress !== undefined && { engineAddress }),
  });
  process.stdout.write(`${port}\n`);
  // What was compiled is written now: the engine ends the process without notice.
  flushCompileCache();
}

/** Serves a provider to one connection of an engine that attaches to it, for as long as it lasts. */
export function serveConnection(model: ProviderModel, socket: Socket): void {
  const { provider, options } = fromEnvironment(model);
  const server = providerServer(provider, options);
  socket.on("close", () => {
    server.forceShutdown();
  });
  server.createConnectionInjector(grpc.ServerCredentials.createInsecure()).injectConnection(socket);
  socket.resume();
}

function fromEnvironment(model: ProviderModel): { provider: Provider; options: ServeOptions } {
  const cancelled = new AbortController();
  const environment = {
    cloudAddress: process.env["MPEGFLOW_SANDBOX_CLOUD"],
    signal: cancelled.signal,
  };
  const take = assumptionRecorder();
  return {
    provider:
      take === undefined ? createProvider(model, environment) : previewProvider(model, environment, take),
    options: {
      ...(take !== undefined && { preview: { take, childrenOf: model.childrenOf } }),
      cancel: () => {
        cancelled.abort();
      },
    },
  };
}
