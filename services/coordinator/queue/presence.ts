/** The leases that this replica heard of lately. */
export interface Presence {
  /** The lease was given, or its heartbeat came. */
  readonly heard: (jobId: string, etaSeconds?: number) => void;
  /** The attempt ended. */
  readonly ended: (jobId: string) => void;
  /** Leases heard of within the window. */
  readonly running: () => number;
  /** Longest remaining time of the running encodes, in seconds; 0 if none is known. */
  readonly longestEtaSeconds: () => number;
}

/**
 * Counts the leases whose last call came to this replica. Heartbeats reach varying replicas, so a lease counts until
 * 1.5 heartbeat intervals after its last call: summed over the replicas it counts about once.
 *
 * @param windowSeconds 1.5 times the heartbeat's interval
 */
export function presence(windowSeconds: number, now: () => Date): Presence {
  const heardAt = new Map<string, { readonly at: number; readonly etaSeconds: number | undefined }>();
  const forget = (): void => {
    const oldest = now().getTime() - windowSeconds * 1000;
    for (const [jobId, { at }] of heardAt) if (at < oldest) heardAt.delete(jobId);
  };
  return {
    heard(jobId, etaSeconds) {
      heardAt.set(jobId, { at: now().getTime(), etaSeconds });
    },
    ended(jobId) {
      heardAt.delete(jobId);
    },
    running() {
      forget();
      return heardAt.size;
    },
    longestEtaSeconds() {
      forget();
      const at = now().getTime();
      const left = [...heardAt.values()].map((one) =>
        one.etaSeconds === undefined ? 0 : one.etaSeconds - (at - one.at) / 1000,
      );
      return Math.max(0, ...left);
    },
  };
}
