/**
 * Runs tasks in order of arrival, urgent ones first, within limits of concurrency and rate.
 *
 * @param latest time after which the task is not started any more
 * @throws TurnTooLate then, at once when as many wait as may, and whatever the task throws
 */
export type Limiter = <T>(task: () => Promise<T>, latest?: number, isUrgent?: boolean) => Promise<T>;

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
  const urgent: Waiting[] = [];
  const others: Waiting[] = [];
  /** The last starts, at most `perSecond` of them: the next has to be a second after the oldest. */
  const starts: number[] = [];
  let running = 0;
  let isSleeping = false;

  const startWhatMay = (): void => {
    for (;;) {
      const waiting = urgent.length > 0 ? urgent : others;
      const next = waiting[0];
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

  return async (task, latest = Infinity, isUrgent = false) => {
    const waiting = isUrgent ? urgent : others;
    if (waiting.length >= mostWaiting) throw new TurnTooLate("too many wait before it");
    await new Promise<void>((start, drop) => {
      waiting.push({ latest, start, drop });
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
