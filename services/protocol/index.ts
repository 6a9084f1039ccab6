/** The wire format between clients, coordinator and workers: schemas first, types from them. */
export * from "./api-schemas.ts";
export * from "./event.ts";
export * from "./job.ts";
export * from "./lease.ts";
export * from "./multipart.ts";
export * from "./overrides.ts";
export * from "./queue-metric.ts";
