import { queueMetricSchema } from "../../../protocol/index.ts";
import { answer } from "../describe.ts";
import type { ServerState } from "../server-state.ts";
import type { Routes } from "./support.ts";

/** The metric that KEDA scales workers by: this replica's share, to be summed over all replicas. */
export function addQueueMetric(app: Routes, state: ServerState): void {
  app.get(
    "/metrics/queue",
    {
      schema: {
        operationId: "queueMetric",
        summary: "This replica's part of the work, for KEDA",
        response: { 200: answer("Held and running jobs", queueMetricSchema) },
      },
    },
    () => {
      // A replica that has no keys yet, or hands its backlog back, holds nothing: that is an answer too.
      const queued = state.working?.backlog.size ?? 0;
      const running = state.presence.running();
      return { queued, running, wanted: queued + running };
    },
  );
}
