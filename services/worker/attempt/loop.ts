import type { Logger } from "pino";
import type { LeaseRequest } from "../../protocol/index.ts";
import { backOffSeconds, pause, waitSeconds } from "../lease/back-off.ts";
import { CoordinatorError, type CoordinatorClient } from "../lease/coordinator-client.ts";
import { messageOf } from "../problems.ts";
import { runAttempt } from "./job.ts";
import type { AttemptContext } from "./attempt-context.ts";

export interface LoopOptions extends AttemptContext {
  readonly coordinator: CoordinatorClient;
  readonly worker: LeaseRequest["worker"];
  readonly log: Logger;
  /** Take one job at most, waiting so long for it. @default one job after the other, for ever */
  readonly once?: { readonly idleSeconds: number };
  /** Aborted when no further job shall be taken. */
  readonly draining: AbortSignal;
  /** Aborted when the running attempt shall be handed back. */
  readonly handBack: AbortSignal;
  /**
   * Told whether the worker does what it is there for: it is in touch with the coordinator, and with `once` it has its
   * job. So long as a Kubernetes Job is not ready, the queue's length counts what it is going to take.
   */
  readonly onReadiness?: (ready: boolean) => void;
}

/** Long-poll time of one request for a lease: then another replica of the coordinator may be asked, where a job waits. */
const pollSeconds = 10;

/**
 * Takes and runs one job after the other until `draining`, or one at most with `once`; resolves when the last one has
 * ended, whichever way: that is the coordinator's to know. Never rejects.
 */
export async function runLoop(options: LoopOptions): Promise<void> {
  const { coordinator, worker, draining, handBack, log, once } = options;
  let failures = 0;
  // The first question is answered at once, so that a worker without work is soon known to be ready.
  let known = once !== undefined;
  const idleFrom = performance.now();
  const idleLeft = (): number =>
    once === undefined ? pollSeconds : once.idleSeconds - (performance.now() - idleFrom) / 1000;
  const stopping = (): boolean => draining.aborted;
  while (!stopping()) {
    try {
      const wait = known ? Math.min(pollSeconds, Math.max(0, idleLeft())) : 0;
      const lease = await coordinator.lease({ worker, waitSeconds: wait }, draining);
      if (failures > 0) log.info("the coordinator is back");
      failures = 0;
      known = true;
      if (lease !== undefined || once === undefined) options.onReadiness?.(true);
      if (lease === undefined) {
        if (idleLeft() > 0) continue;
        log.info({ idleSeconds: once?.idleSeconds }, "no job came");
        return;
      }
      const ending = await runAttempt(options, lease, handBack);
      if (once !== undefined) return;
      // What fails for everybody at once must not turn into a storm of leases.
      if (ending === "failed" || ending === "lost") await pause(backOffSeconds(1), draining);
    } catch (error) {
      if (stopping()) break;
      options.onReadiness?.(false);
      const seconds = waitSeconds(error, failures);
      const reason = messageOf(error);
      // Once at first and then seldom: a coordinator that restarts is nothing to shout about.
      const isWrong = error instanceof CoordinatorError && error.isMisconfigured;
      const level = failures % 10 === 0 ? (isWrong ? "error" : "warn") : "debug";
      log[level]({ reason, retrySeconds: Number(seconds.toFixed(2)) }, "no lease to be had");
      failures++;
      if (idleLeft() <= 0) return;
      await pause(seconds, draining).catch(() => undefined);
    }
  }
}
