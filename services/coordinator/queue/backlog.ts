import type { Logger } from "pino";
import { z } from "zod";
import { jobPriorities } from "../../protocol/index.ts";
import { messageOf } from "../problem.ts";
import type { Queue, QueueMessage } from "../ports.ts";
import { within } from "../wait.ts";

export interface BacklogOptions {
  readonly queue: Queue;
  /** Messages held for future workers. */
  readonly capacity: number;
  /** Ack deadline of held messages in seconds, renewed at a third of it. */
  readonly ackSeconds: number;
  /** Seconds after which a message without a worker is returned, so that another region can take it. */
  readonly holdSeconds: number;
  /** Gives back what no worker came for. @default at once, to whoever pulls */
  readonly giveBack?: (message: QueueMessage) => Promise<void>;
  readonly now: () => Date;
  readonly log: Logger;
}

export interface Backlog {
  /** The next message, or undefined when none came in time, the signal fired, or the backlog drains. */
  take(waitMs: number, signal: AbortSignal): Promise<QueueMessage | undefined>;
  /** Messages held and not yet given to a worker. */
  readonly size: number;
  /** The error of the last pull, or undefined if it succeeded. */
  readonly trouble: string | undefined;
  /** Stops pulling and returns all messages. */
  drain(): Promise<void>;
}

interface Held {
  readonly message: QueueMessage;
  readonly since: number;
  readonly rank: number;
}

const withPriority = z.object({ priority: z.enum(jobPriorities).catch("normal") });

/** 0 for the most urgent. What cannot be read is as urgent as most: the claim deals with it. */
function rankOf(message: QueueMessage): number {
  const normal = jobPriorities.indexOf("normal");
  try {
    const parsed = withPriority.safeParse(JSON.parse(Buffer.from(message.data).toString()));
    return parsed.success ? jobPriorities.indexOf(parsed.data.priority) : normal;
  } catch {
    return normal;
  }
}

/** The most urgent, and of those the one that waits the longest. */
function nextOf(held: Held[]): Held | undefined {
  let best = 0;
  for (const [index, { rank }] of held.entries()) if (rank < (held[best]?.rank ?? 0)) best = index;
  return held.splice(best, 1)[0];
}

/** Seconds without pulling after a hand-back, so that the messages do not come straight back here. */
const standBackSeconds = 10;
const firstRetryMs = 500;
const longestRetryMs = 30_000;
const longestDrainMs = 3000;

/** Starts to pull, and goes on until `drain`. */
export function startBacklog(options: BacklogOptions): Backlog {
  const { queue, now, log } = options;
  const held: Held[] = [];
  const waiting: ((message: QueueMessage | undefined) => void)[] = [];
  const stop = new AbortController();
  const isDraining = (): boolean => stop.signal.aborted;
  let trouble: string | undefined = "the jobs subscription has not been read yet";
  let wake: () => void = () => undefined;

  /** Sleeps until something happens that may let the pull loop go on. */
  const rest = async (ms?: number): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  };

  const handBack = async (messages: readonly QueueMessage[]): Promise<void> => {
    if (messages.length === 0) return;
    const { giveBack } = options;
    if (giveBack !== undefined) {
      await Promise.all(
        messages.map((message) =>
          giveBack(message).catch((error: unknown) => {
            log.warn(
              { messageId: message.messageId, reason: messageOf(error) },
              "handing a message back failed",
            );
          }),
        ),
      );
      return;
    }
    try {
      await queue.extend(
        messages.map((message) => message.ackId),
        0,
      );
    } catch (error) {
      // Their ack deadline brings them back, only later.
      log.warn({ messages: messages.length, reason: messageOf(error) }, "handing messages back failed");
    }
  };

  const receive = (messages: readonly QueueMessage[]): void => {
    for (const message of messages) {
      const taker = waiting.shift();
      if (taker === undefined) held.push({ message, since: now().getTime(), rank: rankOf(message) });
      else taker(message);
    }
  };

  let standBackUntil = 0;
  const pulling = (async () => {
    let retryMs = firstRetryMs;
    while (!isDraining()) {
      const room = options.capacity - held.length;
      const standBack = waiting.length > 0 ? 0 : standBackUntil - now().getTime();
      if (room <= 0) await rest();
      else if (standBack > 0) await rest(standBack);
      else
        try {
          const messages = await queue.pull(room, stop.signal);
          trouble = undefined;
          retryMs = firstRetryMs;
          if (messages.length === 0) continue;
          if (isDraining()) {
            await handBack(messages);
            break;
          }
          // The subscription's own deadline may be as short as 10 s.
          await queue.extend(
            messages.map((message) => message.ackId),
            options.ackSeconds,
          );
          receive(messages);
        } catch (error) {
          if (isDraining()) break;
          trouble = messageOf(error);
          log.error({ reason: trouble, retryInMs: retryMs }, "reading the jobs subscription failed");
          await rest(retryMs);
          retryMs = Math.min(retryMs * 2, longestRetryMs);
        }
    }
  })();

  const tend = async (): Promise<void> => {
    const oldest = now().getTime() - options.holdSeconds * 1000;
    const unplaced = held.filter(({ since }) => since <= oldest).map(({ message }) => message);
    if (unplaced.length > 0) {
      held.splice(0, held.length, ...held.filter(({ since }) => since > oldest));
      standBackUntil = now().getTime() + standBackSeconds * 1000;
      log.info({ messages: unplaced.length }, "no worker came for these messages; handing them back");
      await handBack(unplaced);
      wake();
    }
    if (held.length === 0) return;
    try {
      await queue.extend(
        held.map(({ message }) => message.ackId),
        options.ackSeconds,
      );
    } catch (error) {
      log.warn({ messages: held.length, reason: messageOf(error) }, "keeping held messages failed");
    }
  };
  const tending = setInterval(() => void tend(), Math.max(1000, (options.ackSeconds * 1000) / 3));

  return {
    get size() {
      return held.length;
    },
    get trouble() {
      return trouble;
    },
    take(waitMs, signal) {
      if (isDraining() || signal.aborted) return Promise.resolve(undefined);
      const next = nextOf(held);
      if (next !== undefined) {
        wake();
        return Promise.resolve(next.message);
      }
      return new Promise((resolve) => {
        const finish = (message: QueueMessage | undefined): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", giveUp);
          resolve(message);
        };
        const giveUp = (): void => {
          waiting.splice(waiting.indexOf(finish), 1);
          finish(undefined);
        };
        const timer = setTimeout(giveUp, waitMs);
        signal.addEventListener("abort", giveUp, { once: true });
        waiting.push(finish);
        wake();
      });
    },
    async drain() {
      stop.abort();
      clearInterval(tending);
      for (const finish of waiting.splice(0)) finish(undefined);
      wake();
      await handBack(held.splice(0).map(({ message }) => message));
      await within(pulling, longestDrainMs, () => undefined);
    },
  };
}
