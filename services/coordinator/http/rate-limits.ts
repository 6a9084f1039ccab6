import type { RateLimitPluginOptions } from "@fastify/rate-limit";
import type { FastifyRequest } from "fastify";
import { Problem } from "../problem.ts";
import { addressKey } from "./allowance.ts";
import { callerKey, callerOf } from "./callers.ts";
import { type Rates, rates } from "./limits.ts";
import type { ServerState } from "./server-state.ts";

/**
 * What one caller may ask for in a minute at this replica, all routes of the same scope together.
 *
 * @param whose whose rate it is
 */
export function rateLimit(state: ServerState, whose: keyof Rates): RateLimitPluginOptions {
  const max = { ...rates, client: state.clientRequestsPerMinute, ...state.rates }[whose];
  const shown = whose === "client";
  const nameOf = (request: FastifyRequest): string =>
    whose === "anybody" ? "One address" : whose === "worker" ? "One worker" : callerOf(request).subject;
  return {
    global: true,
    max,
    timeWindow: 60_000,
    // After the route's own hook, which tells who it is, and before the body is read.
    hook: "onRequest",
    keyGenerator: whose === "anybody" ? ({ ip }) => addressKey(ip) : callerKey,
    addHeadersOnExceeding: {
      "x-ratelimit-limit": shown,
      "x-ratelimit-remaining": shown,
      "x-ratelimit-reset": shown,
    },
    errorResponseBuilder: (request, { after }) => {
      state.metrics.rateLimited.inc();
      return new Problem(
        429,
        "too-many-requests",
        `${nameOf(request)} may make ${max} requests a minute here; try again in ${after}.`,
      );
    },
  };
}
