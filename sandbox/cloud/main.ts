import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pino from "pino";
import { logReport } from "../process/index.ts";
import { readCloudAddress } from "./address.ts";
import { startDaemon } from "./daemon.ts";

/**
 * The local cloud as a background process: `node sandbox/cloud/main.ts --directory DIR --cache DIR --path PATH [--kubernetes]`. It stops on SIGTERM, on
 * `POST /stop`, and by itself when its directory is gone or another daemon has taken it over.
 */
const { values } = parseArgs({
  options: {
    directory: { type: "string" },
    cache: { type: "string" },
    path: { type: "string" },
    kubernetes: { type: "boolean", default: false },
  },
});
const { directory, cache, path, kubernetes } = values;
if (directory === undefined || cache === undefined || path === undefined) {
  process.stderr.write(
    "usage: node sandbox/cloud/main.ts --directory DIR --cache DIR --path PATH [--kubernetes]\n",
  );
  process.exit(2);
}

const logger = pino({ level: process.env["MPEGFLOW_SANDBOX_LOG_LEVEL"] ?? "info" });
let requestStop = (): void => {
  process.exit(0);
};
const daemon = await startDaemon({
  directory,
  cacheDirectory: cache,
  path,
  kubernetes,
  logger,
  report: logReport(logger),
  requestStop: () => {
    requestStop();
  },
});
logger.info({ url: daemon.address.url, storage: daemon.address.storage.url }, "the local cloud is up");

let stopping = false;
const stop = async (reason: string): Promise<void> => {
  if (stopping) return;
  stopping = true;
  clearInterval(watch);
  logger.info({ reason }, "the local cloud stops");
  await daemon.close();
};
requestStop = () => void stop("asked to");
process.on("SIGTERM", () => void stop("SIGTERM"));
process.on("SIGINT", () => void stop("SIGINT"));

const watch = setInterval(() => {
  const file = join(directory, "daemon.json");
  if (!existsSync(file)) void stop("its directory is gone");
  else if (readCloudAddress(file)?.pid !== process.pid) void stop("another daemon has taken over");
}, 2000);
