import { createLog } from "../logging/index.ts";
import { ConfigError, readConfig } from "./config.ts";
import { startCoordinator } from "./coordinator.ts";
import { messageOf } from "./problem.ts";

/** Kubernetes kills after 30 s by default; what is not done by then ends in order here. */
const longestDrainMs = 25_000;

try {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel, { service: "coordinator", region: config.region });
  const coordinator = await startCoordinator(config, log);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "draining");
    setTimeout(() => {
      log.error("draining took too long");
      process.exit(1);
    }, longestDrainMs).unref();
    coordinator.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ reason: messageOf(error) }, "draining failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
} catch (error) {
  // A mistake in the environment is told in words; a stack would only hide it.
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : `coordinator: ${messageOf(error)}`}\n`,
  );
  process.exitCode = 1;
}
