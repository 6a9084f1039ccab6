import { workerEnvironment } from "../../services/environment/index.ts";
import { oneOfProblems, shown, type Problem } from "../validation/index.ts";
import { EncoderInput } from "./encoder-input.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import type { WorkerVariables } from "./environment.ts";
import { mostEncoders } from "./scaling.ts";

/** Allowed shares of a bucket's request rates, and the worker's default share, right for 20 workers. */
const { MPEGFLOW_PACE_SHARE: PACE_SHARE } = workerEnvironment;

/** The share of each worker if all share a bucket's request rates evenly, so that together they start below them. */
export const evenPaceShare = (workers: number): number =>
  Math.max(PACE_SHARE.min, Math.floor(1e6 / Math.max(1, workers)) / 1e6);

/** Environment variables for the worker. It has defaults for those that are not set. */
export function transferVariables(
  args: Pick<EncoderPoolArgs, "input" | "paceShare" | "replicas" | "scaling">,
): WorkerVariables {
  const { input } = args;
  const even = evenPaceShare(mostEncoders(args));
  const share = args.paceShare ?? (even < PACE_SHARE.default ? even : undefined);
  return {
    ...(input !== undefined && { MPEGFLOW_INPUT: input.toLowerCase() }),
    ...(share !== undefined && { MPEGFLOW_PACE_SHARE: String(share) }),
  };
}

/**
 * Warns if, with the chosen share, the largest number of workers would start above the bucket's request rates.
 *
 * @param workers the largest number in all pools and regions that share the bucket, as far as it is known
 */
export function paceShareWarnings(paceShare: number | undefined, workers: number): string[] {
  const sum = (paceShare ?? 0) * workers;
  if (sum <= 1 || paceShare === undefined) return [];
  return [
    `paceShare ${paceShare}: ${workers} workers would start at ${Number(sum.toFixed(2))} times the bucket's request rates, ` +
      `and be told to slow down (429). Leave it out, or use ${evenPaceShare(workers)} at most.`,
  ];
}

/** Problems of the arguments for reading and writing. */
export function transferProblems({ input, paceShare }: Partial<EncoderPoolArgs>): Problem[] {
  return [
    ...oneOfProblems("input", input, EncoderInput),
    ...(paceShare === undefined ? [] : paceShareProblems(paceShare)),
  ];
}

function paceShareProblems(share: number): Problem[] {
  const { min, max } = PACE_SHARE;
  if (share >= min && share <= max) return [];
  return [
    {
      path: "paceShare",
      given: shown(share),
      allowed: `a number from ${min} to ${max}`,
      fix: "use 1 over the number of workers: 0.01 for 100 of them",
    },
  ];
}
