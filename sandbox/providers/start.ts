import { flushCompileCache } from "node:module";
import { previewProvider } from "./preview-provider.ts";
import { createProvider, type ProviderModel } from "./provider.ts";
import { serve } from "./server.ts";
import { assumptionRecorder } from "./assumptions.ts";

/**
 * Runs a provider plugin as the engine starts one: `node main.ts <engine address>`; the port goes to stdout.
 */
export async function start(model: ProviderModel, engineAddress = process.argv[2]): Promise<void> {
  const cancelled = new AbortController();
  const environment = {
    cloudAddress: process.env["MPEGFLOW_SANDBOX_CLOUD"],
    signal: cancelled.signal,
  };
  const take = assumptionRecorder();
  const provider =
    take === undefined ? createProvider(model, environment) : previewProvider(model, environment, take);
  const { port } = await serve(provider, {
    ...(engineAddress !== undefined && { engineAddress }),
    ...(take !== undefined && { preview: { take, childrenOf: model.childrenOf } }),
    cancel: () => {
      cancelled.abort();
    },
  });
  process.stdout.write(`${port}\n`);
  // What was compiled is written now: the engine ends the process without notice.
  flushCompileCache();
}
