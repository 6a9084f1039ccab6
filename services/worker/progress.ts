/** How far a step of an attempt is. */
export interface Progress {
  /** 0 to 1. */
  readonly share: number;
  /** Seconds of media per second of work, over the last half minute. */
  readonly speed?: number;
  /** Seconds until the step is done at that speed. */
  readonly etaSeconds?: number;
}

/** The speed is taken over so long: short enough to follow a change, long enough not to jump. */
const windowMs = 30_000;

/**
 * Turns the seconds of media done so far into share, speed and time left.
 * @param total seconds of media in all; undefined leaves share and time left open
 * @param now in milliseconds @default performance.now
 */
export function speedometer(
  total: number | undefined,
  now: () => number = () => performance.now(),
): (doneSeconds: number) => Progress {
  const samples: { readonly at: number; readonly done: number }[] = [{ at: now(), done: 0 }];
  return (done) => {
    const at = now();
    while (samples.length > 1 && at - (samples[1]?.at ?? at) > windowMs) samples.shift();
    const [first] = samples;
    samples.push({ at, done });
    const elapsed = first === undefined ? 0 : (at - first.at) / 1000;
    const speed = first === undefined || elapsed <= 0 ? undefined : (done - first.done) / elapsed;
    const share = total === undefined || total <= 0 ? 0 : Math.min(1, done / total);
    if (speed === undefined || speed <= 0) return { share };
    return {
      share,
      speed: Math.round(speed * 100) / 100,
      ...(total !== undefined && { etaSeconds: Math.round(Math.max(0, total - done) / speed) }),
    };
  };
}
