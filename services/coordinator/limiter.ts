import { fairQueue, type FairQueue } from "./fair-queue.ts";

/**
 * Runs tasks within limits of concurrency and rate, urgent ones first. Senders take turns; the tasks of each are run in
 * order of arrival.
 *
 * @param latest time after which the task is not started any more
 * @param sender whose task it is; @default one for all
 * @throws TurnTooLate then, when as many wait as may and no other sender has more waiting, and whatever the task throws
 */
export type Limiter = <T>(
  task: () => Promise<T>,
  latest?: number,
  isUrgent?: boolean,
  sender?: string,
) => Promise<T>;

export interface LimiterOptions {
  /** Most starts in any second, however it is cut: at least 1. */
  readonly perSecond: number;
  /** Most tasks under way: at least 1. */
  readonly atOnce: number;
  /** Most tasks that wait, of the urgent and of the others each. @default any number */
  readonly mostWaiting?: number;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export class TurnTooLate extends Error {}

interface Waiting {
  readonly latest: number;
  readonly start: () => void;
  readonly drop: (reason: TurnTooLate) => void;
}

const secondMs = 1000;

/** A limiter with its own queue; it need not be closed. */
export function limiter({ perSecond, atOnce, mostWaiting = Infinity, now, sleep }: LimiterOptions): Limiter {
  const urgent = fairQueue<Waiting>();
  const others = fairQueue<Waiting>();
  /** The last starts, at most `perSecond` of them: the next has to be a second after the oldest. */
  const starts: number[] = [];
  let running = 0;
  let isSleeping = false;

  const startWhatMay = (): void => {
    for (;;) {
      const waiting = urgent.size > 0 ? urgent : others;
      const next = waiting.peek();
      if (next === undefined || running >= atOnce || isSleeping) return;
      const oldest = starts.length < perSecond ? undefined : starts[0];
      const wait = oldest === undefined ? 0 : oldest + secondMs - now();
      if (now() > next.latest) {
        waiting.shift();
        next.drop(new TurnTooLate("its turn came too late"));
      } else if (wait > 0) {
        isSleeping = true;
        void sleep(wait).then(() => {
          isSleeping = false;
          startWhatMay();
        });
        return;
      } else {
        if (oldest !== undefined) starts.shift();
        starts.push(now());
        waiting.shift();
        running += 1;
        next.start();
      }
    }
  };

  const makeRoom = (waiting: FairQueue<Waiting>, sender: string): void => {
    if (waiting.size < mostWaiting) return;
    const largest = waiting.largest();
    const tooMany = new TurnTooLate("too many wait before it");
    if (largest.count <= waiting.countOf(sender) + 1) throw tooMany;
    largest.drop()?.drop(tooMany);
  };

  return async (task, latest = Infinity, isUrgent = false, sender = "") => {
    const waiting = isUrgent ? urgent : others;
    makeRoom(waiting, sender);
    await new Promise<void>((start, drop) => {
      waiting.push(sender, { latest, start, drop });
      startWhatMay();
    });
    try {
      return await task();
    } finally {
      running -= 1;
      startWhatMay();
    }
  };
}
