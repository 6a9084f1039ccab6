/**
 * The sandbox's Pub/Sub: Google's own in-memory fake, which here also checks published messages against their topic's Protocol
 * Buffer schema. It keeps nothing on disk, has no push delivery and no retry back-off; pull, streaming pull, ack deadlines, dead
 * letters, filters and ordering are as documented for https://pkg.go.dev/cloud.google.com/go/pubsub/v2/pstest.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { defaultCacheDirectory, type Report, SetupError, terminalReport } from "../process/index.ts";
import { buildPubSub } from "./build.ts";

export { buildPubSub } from "./build.ts";

export interface PubSubOptions {
  /** @default the user's cache: $XDG_CACHE_HOME or ~/.cache, then mpegflow-gcs */
  readonly cacheDirectory?: string;
  /** Told when the emulator has to be built first. @default lines on standard error */
  readonly report?: Report;
  /** Gets the lines the emulator prints, which are few and about trouble. */
  readonly log?: (line: string) => void;
  /** Port on 127.0.0.1; 0 picks a free one. @default 0 */
  readonly port?: number;
  /** Where PUBSUB_EMULATOR_HOST and PATH are read from. @default this process's environment */
  readonly env?: NodeJS.ProcessEnv;
}

export interface PubSub {
  /** What goes into PUBSUB_EMULATOR_HOST: `127.0.0.1:<port>`. */
  readonly host: string;
  /** Undefined for an external emulator. */
  readonly pid: number | undefined;
  /** Settles when the emulator has ended for any reason; never for an external emulator. */
  readonly ended: Promise<void>;
  /** Stops the emulator, unless it is an external one. */
  stop(): Promise<void>;
}

/** Milliseconds an emulator gets to begin serving, and to end. */
const [startMs, stopMs] = [20_000, 5_000];

const announcement = z.object({ host: z.string() });

/**
 * Starts the Pub/Sub emulator; it ends with this process at the latest. When PUBSUB_EMULATOR_HOST is set, that emulator is used
 * and nothing is started.
 *
 * @throws SetupError when it cannot be built, or does not start: the port may be taken
 */
export async function startPubSub(options: PubSubOptions = {}): Promise<PubSub> {
  const { env = process.env, port = 0, log = () => undefined } = options;
  const running = env["PUBSUB_EMULATOR_HOST"];
  if (running) {
    return {
      host: running,
      pid: undefined,
      ended: new Promise(() => undefined),
      stop: () => Promise.resolve(),
    };
  }
  const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory(env);
  const executable = await buildPubSub(cacheDirectory, options.report ?? terminalReport(), env);

  // Its end of the pipe to its standard input closes when this process ends, however it ends, and then it ends too.
  const child = spawn(executable, ["-port", String(port)], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "close").then(() => undefined);
  const problems: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    problems.push(line);
    log(line);
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
    await ended;
    clearTimeout(timer);
  };
  try {
    return { host: await readHost(child, ended), pid: child.pid, ended, stop };
  } catch {
    await stop();
    throw new SetupError(`The Pub/Sub emulator did not start. ${problems.slice(-3).join(" ")}`.trim());
  }
}

async function readHost(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  ended: Promise<void>,
): Promise<string> {
  const line = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).once("line", resolve);
  });
  const failure = Promise.race([
    ended,
    once(child, "error"),
    new Promise((resolve) => setTimeout(resolve, startMs).unref()),
  ]).then((): never => {
    throw new Error("no announcement");
  });
  return announcement.parse(JSON.parse(await Promise.race([line, failure]))).host;
}
