import { fork, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo, type Server } from "node:net";
import { fileURLToPath } from "node:url";
import { providerModels } from "../providers/models.ts";

/** The providers of a preview, in one process. */
export interface AttachedProviders {
  /** Has the engine attach to them, where it would start a process for each provider and each configuration of one. */
  readonly environment: NodeJS.ProcessEnv;
  /** Starts their process where the engine would start theirs: in the program's directory. To be called before the program runs. */
  start(directory: string): void;
  close(): void;
}

const main = fileURLToPath(new URL("../providers/attached.ts", import.meta.url));

/**
 * Listens for an engine, and hands its connections on to the providers' process.
 *
 * PULUMI_DEBUG_PROVIDERS: https://www.pulumi.com/docs/iac/guides/building-extending/providers/debugging-providers/
 *
 * @param env the providers' environment
 */
export async function attachProviders(env: NodeJS.ProcessEnv): Promise<AttachedProviders> {
  let child: ChildProcess | undefined;
  const startIn = (directory: string): ChildProcess =>
    (child ??= fork(main, {
      cwd: directory,
      env,
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    }));
  const listening = await Promise.all(
    Object.keys(providerModels).map(async (name) => {
      // Paused: not this process reads what comes.
      const server = createServer({ pauseOnConnect: true }, (socket) => {
        // A refresh may need a provider before the program runs.
        startIn(process.cwd()).send(name, socket);
      });
      return { name, server, port: await portOf(server) };
    }),
  );
  return {
    environment: { PULUMI_DEBUG_PROVIDERS: listening.map(({ name, port }) => `${name}:${port}`).join(",") },
    start: (directory) => {
      startIn(directory);
    },
    close: () => {
      for (const { server } of listening) server.close();
      // The process ends with the channel, as it does when this process is killed.
      if (child?.connected === true) child.disconnect();
    },
  };
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
