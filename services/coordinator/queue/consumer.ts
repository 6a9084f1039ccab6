import type { Logger } from "pino";
import { messageOf } from "../problem.ts";
import type { Queue, QueueMessage } from "../ports.ts";
import { within } from "../wait.ts";

export interface Consumer {
  /** The error of the last pull, or undefined if it succeeded. */
  readonly trouble: string | undefined;
  /** Stops pulling, and waits a little for what is under way. */
  drain(): Promise<void>;
}

const firstRetryMs = 500;
const longestRetryMs = 30_000;
const longestDrainMs = 5000;

/** Reads a subscription until `drain`, a handful of messages at a time; `take` deals with each and never rejects. */
export function startConsumer(options: {
  readonly queue: Queue;
  /** For the log: the uploads subscription. */
  readonly name: string;
  readonly atOnce: number;
  readonly take: (message: QueueMessage) => Promise<void>;
  readonly log: Logger;
}): Consumer {
  const { queue, name, atOnce, take, log } = options;
  const stop = new AbortController();
  const isDraining = (): boolean => stop.signal.aborted;
  let trouble: string | undefined;

  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        stop.signal.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      stop.signal.addEventListener("abort", finish, { once: true });
    });

  const running = (async () => {
    let retryMs = firstRetryMs;
    while (!isDraining()) {
      try {
        const messages = await queue.pull(atOnce, stop.signal);
        trouble = undefined;
        retryMs = firstRetryMs;
        await Promise.all(messages.map(take));
      } catch (error) {
        if (isDraining()) break;
        trouble = messageOf(error);
        log.error({ reason: trouble, retryInMs: retryMs }, `reading the ${name} failed`);
        await rest(retryMs);
        retryMs = Math.min(retryMs * 2, longestRetryMs);
      }
    }
  })();

  return {
    get trouble() {
      return trouble;
    },
    async drain() {
      stop.abort();
      await within(running, longestDrainMs, () => undefined);
    },
  };
}
