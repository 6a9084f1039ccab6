import { z } from "zod";
import { apiSchemas } from "./api-schemas.ts";

/** `GET /metrics/queue`: one replica's part of the work, for KEDA, which sums it over the replicas. */
export const queueMetricSchema = z.strictObject({
  /** Jobs held for workers that may come. */
  queued: z.int().nonnegative(),
  /** Leases that this replica heard of within one and a half heartbeats. */
  running: z.int().nonnegative(),
  /** Workers that have something to do: both together. */
  wanted: z.int().nonnegative(),
});
apiSchemas.add(queueMetricSchema, { id: "QueueMetric" });
export type QueueMetric = z.infer<typeof queueMetricSchema>;
