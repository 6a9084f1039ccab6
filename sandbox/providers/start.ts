import { createProvider, type ProviderModel } from "./provider.ts";
import { serve } from "./server.ts";

/** How often a plugin looks whether its engine still lives, in milliseconds. */
const parentCheckInterval = 2_000;

/**
 * Runs a provider plugin as the engine starts one: `node main.ts <engine address>`; the port goes to stdout, and the process ends with
 * the engine's.
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
  // A killed engine cannot stop its plugins; they then belong to another parent.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, parentCheckInterval).unref();
  process.stdout.write(`${port}\n`);
}
