import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readCloudAddress, type CloudAddress } from "../../sandbox/cloud/address.ts";
import { defaultCacheDirectory, isAlive, SetupError } from "../../sandbox/process/index.ts";
import { directories } from "../cli/directories.ts";

const daemon = fileURLToPath(new URL("../../sandbox/cloud/main.ts", import.meta.url));
/** A cloud that was up starts its clusters again before it is up; control planes take their time. */
const startTimeoutSeconds = { standIn: 60, kubernetes: 240 };

/** The running local cloud, or undefined. An address left behind by a killed daemon is no running cloud. */
export function runningCloud(): CloudAddress | undefined {
  const address = readCloudAddress(directories.cloudAddress);
  return address !== undefined && isAlive(address.pid) ? address : undefined;
}

/** The cloud that was up last, if its state is still there. */
function lastCloud(): CloudAddress | undefined {
  return readCloudAddress(directories.lastCloudAddress);
}

/**
 * Starts the local cloud in the background, unless it runs already.
 *
 * @param path directories of ffmpeg and ffprobe, for the pods
 * @param asked whether clusters have a real API server; as it was last when nobody asks
 * @throws SetupError with the end of its log when it does not come up, and when one of the other kind is up
 */
export async function startCloud(path: string, asked?: boolean): Promise<CloudAddress> {
  const kept = runningCloud() ?? lastCloud();
  const kubernetes = asked ?? kept?.kubernetes ?? false;
  if (kept !== undefined && kept.kubernetes !== kubernetes) {
    throw new SetupError(
      `The local environment that is up was started ${kept.kubernetes ? "with" : "without"} --kubernetes: \`npm run local:down\` removes it first.`,
    );
  }
  const running = runningCloud();
  if (running !== undefined) return running;
  mkdirSync(directories.cloud, { recursive: true, mode: 0o700 });
  const log = openSync(directories.cloudLog, "a", 0o600);
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      daemon,
      ...["--directory", directories.cloud],
      ...["--cache", defaultCacheDirectory()],
      ...["--path", path],
      ...(kubernetes ? ["--kubernetes"] : []),
    ],
    // In a session of its own: Ctrl-C in the terminal must not reach it before the stack is destroyed.
    { detached: true, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  child.unref();
  const seconds = startTimeoutSeconds[kubernetes ? "kubernetes" : "standIn"];
  const deadline = Date.now() + seconds * 1000;
  while (child.exitCode === null && Date.now() < deadline) {
    const address = readCloudAddress(directories.cloudAddress);
    if (address !== undefined && address.pid === child.pid) return address;
    await sleep(50);
  }
  const exited = child.exitCode !== null;
  child.kill("SIGKILL");
  throw new SetupError(
    `The local cloud did not start${exited ? "" : ` within ${seconds} s`}. The end of its log, ${directories.cloudLog}:\n${lastLines(directories.cloudLog, 5)}`,
  );
}

/** Stops the local cloud and waits until its process is gone. False when none ran. */
export async function stopCloud(): Promise<boolean> {
  const address = runningCloud();
  if (address === undefined) return false;
  const gone = async (seconds: number): Promise<boolean> => {
    const deadline = Date.now() + seconds * 1000;
    while (isAlive(address.pid) && Date.now() < deadline) await sleep(50);
    return !isAlive(address.pid);
  };
  process.kill(address.pid, "SIGTERM");
  // Pods have their own grace period; a worker hands its job back within seconds.
  if (!(await gone(address.kubernetes ? 60 : 20))) {
    process.kill(address.pid, "SIGKILL");
    await gone(5);
  }
  return true;
}

function lastLines(file: string, count: number): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
}
