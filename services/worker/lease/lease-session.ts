import { mostEtaSeconds, mostSpeed } from "../../protocol/index.ts";
import type { Lease } from "../../protocol/index.ts";
import { pause, waitSeconds } from "./back-off.ts";
import { CoordinatorError } from "./coordinator-client.ts";
import type { CoordinatorClient, LeaseCredential } from "./coordinator-client.ts";
import { messageOf } from "../problems.ts";
import type { Progress } from "../progress.ts";

/** Abort reason of a session's signal when another worker owns the attempt, or nobody does. */
export class LeaseLost extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LeaseLost";
  }
}

/** A lease kept alive by heartbeats until {@link LeaseSession.stop}. */
export interface LeaseSession {
  /** The newest token. */
  credential(): LeaseCredential;
  /** Aborted with {@link LeaseLost}. */
  readonly lost: AbortSignal;
  /**
   * Progress to send with the next heartbeat.
   *
   * @param percent 0 to 100, never falling
   * @param pace of the running encode @default not known
   */
  progress(percent: number, pace?: Pick<Progress, "speed" | "etaSeconds">): void;
  /** Ends the heartbeats. */
  stop(): void;
}

/** Starts the heartbeats of a lease. */
export function keepLease(coordinator: CoordinatorClient, lease: Lease): LeaseSession {
  let credential: LeaseCredential = { jobId: lease.jobId, token: lease.token };
  let percentDone = 0;
  let pace: Pick<Progress, "speed" | "etaSeconds"> = {};
  let deadline = localDeadline(lease.expiresAt, lease.heartbeatSeconds);
  const lost = new AbortController();
  const stopped = new AbortController();

  const beat = async (): Promise<void> => {
    let retry = 0;
    for (let wait = lease.heartbeatSeconds; ;) {
      await pause(wait, stopped.signal);
      try {
        // A hanging heartbeat must leave time for others before the lease expires.
        const left = Math.min(lease.heartbeatSeconds * 1000, deadline - performance.now());
        const limit = AbortSignal.timeout(Math.ceil(Math.max(1000, left)));
        const signal = AbortSignal.any([stopped.signal, limit]);
        const answer = await coordinator.heartbeat(credential, { percentDone, ...pace }, signal);
        credential = { jobId: lease.jobId, token: answer.token };
        deadline = localDeadline(answer.expiresAt, lease.heartbeatSeconds);
        retry = 0;
        wait = lease.heartbeatSeconds;
      } catch (error) {
        stopped.signal.throwIfAborted();
        if (error instanceof CoordinatorError && error.kind !== "away") throw error;
        if (performance.now() >= deadline) throw error;
        wait = Math.min(lease.heartbeatSeconds, waitSeconds(error, retry++));
      }
    }
  };
  void beat().catch((error: unknown) => {
    if (stopped.signal.aborted) return;
    lost.abort(new LeaseLost(messageOf(error)));
  });

  return {
    credential: () => credential,
    lost: lost.signal,
    progress: (percent, { speed, etaSeconds } = {}) => {
      // Jumping timestamps of an input can give any number. Values out of bounds are not sent, because the coordinator
      // would refuse the heartbeat.
      pace = {
        ...(isWithin(speed, mostSpeed) && { speed }),
        ...(isWithin(etaSeconds, mostEtaSeconds) && { etaSeconds }),
      };
      const bounded = Number.isFinite(percent) ? Math.min(100, Math.max(0, percent)) : 0;
      // One decimal is precise enough.
      percentDone = Math.max(percentDone, Math.floor(bounded * 10) / 10);
    },
    stop: () => {
      stopped.abort();
    },
  };
}

const isWithin = (value: number | undefined, most: number): value is number =>
  value !== undefined && value >= 0 && value <= most;

/**
 * When to give up without an answered heartbeat, by this process's clock. The coordinator's expiry is by its own clock,
 * which may differ: two heartbeats may always fail.
 */
function localDeadline(expiresAt: string, heartbeatSeconds: number): number {
  const remaining = Date.parse(expiresAt) - Date.now();
  return performance.now() + Math.max(remaining, 2.5 * heartbeatSeconds * 1000);
}
