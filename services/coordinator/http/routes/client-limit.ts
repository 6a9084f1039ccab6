import type { RateLimitPluginOptions } from "@fastify/rate-limit";
import { Problem } from "../../problem.ts";
import type { ServerState } from "../server-state.ts";
import { callerOf } from "./support.ts";

/** What one client may ask for in a minute at this replica, all of the job API together. */
export const clientLimit = (state: ServerState): RateLimitPluginOptions => ({
  global: true,
  max: state.clientRequestsPerMinute,
  timeWindow: 60_000,
  // After the client has proven who it is.
  hook: "preHandler",
  keyGenerator: (request) => callerOf(request).subject,
  errorResponseBuilder: (request, { after }) => {
    state.metrics.rateLimited.inc();
    return new Problem(
      429,
      "too-many-requests",
      `${callerOf(request).subject} may make ${state.clientRequestsPerMinute} requests a minute here; try again in ${after}.`,
    );
  },
});
