import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Prometheus metrics of the coordinator. Label values are fixed, never from callers. */
export interface Metrics {
  readonly registry: Registry;
  /** `submitted`, or the state a job ended in. */
  readonly jobs: Counter<"event">;
  /** Seconds from a job's creation to its end. */
  readonly jobSeconds: Histogram<"state">;
  /** Lease events: `given`, `completed`, `failed`, `released`, `lost`. */
  readonly leases: Counter<"event">;
  readonly signatures: Counter<"verb">;
  readonly signatureFailures: Counter;
  readonly requestSeconds: Histogram<"method" | "route" | "status">;
  /** Failures of services that the coordinator depends on. */
  readonly upstreamErrors: Counter<"route">;
  readonly removedObjects: Counter;
  readonly abortedUploads: Counter;
  readonly rateLimited: Counter;
  /** Seconds of media per second, once for each heartbeat of an encode. */
  readonly encodeSpeed: Histogram;
}

/** Gauges are read when Prometheus asks. */
export interface Gauges {
  readonly backlog: () => number;
  readonly running: () => number;
  readonly longestEtaSeconds: () => number;
}

/** @param withProcess also includes Node.js' own metrics: memory, event loop, garbage collection */
export function createMetrics(gauges?: Gauges, withProcess = false): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (withProcess) collectDefaultMetrics({ register: registry });
  if (gauges !== undefined) {
    for (const [name, help, read] of [
      ["mpegflow_backlog_jobs", "Jobs held for workers that may come.", gauges.backlog],
      ["mpegflow_running_leases", "Leases this replica heard of lately.", gauges.running],
      [
        "mpegflow_longest_eta_seconds",
        "Time left to the encode that has the most left, of those this replica heard of lately.",
        gauges.longestEtaSeconds,
      ],
    ] as const)
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
  }
  return {
    registry,
    jobs: new Counter({
      name: "mpegflow_jobs_total",
      help: "Jobs submitted, and jobs by the state they ended in.",
      labelNames: ["event"],
      registers,
    }),
    jobSeconds: new Histogram({
      name: "mpegflow_job_duration_seconds",
      help: "Time from a job's creation to its end.",
      labelNames: ["state"],
      buckets: [10, 30, 60, 300, 900, 3600, 10_800, 43_200, 86_400],
      registers,
    }),
    leases: new Counter({
      name: "mpegflow_leases_total",
      help: "Leases given, and how they ended.",
      labelNames: ["event"],
      registers,
    }),
    signatures: new Counter({
      name: "mpegflow_signatures_total",
      help: "Signed requests handed out.",
      labelNames: ["verb"],
      registers,
    }),
    signatureFailures: new Counter({
      name: "mpegflow_signature_failures_total",
      help: "Requests that could not be signed.",
      registers,
    }),
    requestSeconds: new Histogram({
      name: "mpegflow_http_request_duration_seconds",
      help: "Time to answer a request; long polls for leases included.",
      labelNames: ["method", "route", "status"],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30, 60],
      registers,
    }),
    upstreamErrors: new Counter({
      name: "mpegflow_upstream_errors_total",
      help: "Requests that failed because the store, Pub/Sub or another service did.",
      labelNames: ["route"],
      registers,
    }),
    removedObjects: new Counter({
      name: "mpegflow_removed_objects_total",
      help: "Objects of lost attempts that clean-up has removed.",
      registers,
    }),
    encodeSpeed: new Histogram({
      name: "mpegflow_encode_speed_ratio",
      help: "Seconds of media per second of work, as encodes tell with their heartbeats; 1 is real time.",
      buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64],
      registers,
    }),
    abortedUploads: new Counter({
      name: "mpegflow_aborted_uploads_total",
      help: "Uploads in parts that lost attempts left unfinished and clean-up has aborted.",
      registers,
    }),
    rateLimited: new Counter({
      name: "mpegflow_rate_limited_total",
      help: "Requests refused because their client asks too much.",
      registers,
    }),
  };
}
