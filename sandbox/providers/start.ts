import { createProvider, type ProviderModel } from "./provider.ts";
import { serve } from "./server.ts";

/**
 * Runs a provider plugin as the engine starts one: `node main.ts <engine address>`; the port goes to stdout.
 */
export async function start(model: ProviderModel): Promise<void> {
  const cancelled = new AbortController();
  const provider = createProvider(model, {
    cloudAddress: process.env["MPEGFLOW_SANDBOX_CLOUD"],
    signal: cancelled.signal,
  });
  const engineAddress = process.argv[2];
  const { port } = await serve(provider, {
    ...(engineAddress !== undefined && { engineAddress }),
    cancel: () => {
      cancelled.abort();
    },
  });
  process.stdout.write(`${port}\n`);
}
