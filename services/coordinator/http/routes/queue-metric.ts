import type { FastifyInstance } from "fastify";
import type { QueueMetric } from "../../../protocol/index.ts";
import { requireRole } from "../callers.ts";
import type { Door } from "../door.ts";
import type { ServerState } from "../server-state.ts";

/** What KEDA scales the workers by: this replica's part, to be summed over the replicas. */
export function addQueueMetric(app: FastifyInstance, state: ServerState, door: Door): void {
  app.get("/metrics/queue", { onRequest: requireRole(state, door, "scaler") }, (): QueueMetric => {
    // A replica that has no keys yet, or hands its backlog back, holds nothing: that is an answer too.
    const queued = state.working?.backlog.size ?? 0;
    const running = state.presence.running();
    return { queued, running, wanted: queued + running };
  });
}
