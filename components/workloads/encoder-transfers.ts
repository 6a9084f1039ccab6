import { oneOfProblems, shown, type Problem } from "../validation/index.ts";
import { EncoderInput } from "./encoder-input.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import { mostEncoders } from "./scaling.ts";

/** Parts of a bucket's request rates that a worker takes: services/worker/config.ts. */
const PACE_SHARE = { min: 0.0001, max: 1 };

/** What a worker takes that is told nothing: enough for 20. */
const WORKERS_OWN_SHARE = 0.05;

/** The part of each, where so many workers share a bucket's rates evenly: all together never start above them. */
export const evenPaceShare = (workers: number): number =>
  Math.max(PACE_SHARE.min, Math.floor(1e6 / Math.max(1, workers)) / 1e6);

/** What workers read: services/worker/config.ts. What is not given they know themselves. */
export function transferVariables(
  args: Pick<EncoderPoolArgs, "input" | "paceShare" | "replicas" | "scaling">,
) {
  const { input } = args;
  const even = evenPaceShare(mostEncoders(args));
  const share = args.paceShare ?? (even < WORKERS_OWN_SHARE ? even : undefined);
  return {
    ...(input !== undefined && { MPEGFLOW_INPUT: input.toLowerCase() }),
    ...(share !== undefined && { MPEGFLOW_PACE_SHARE: String(share) }),
  };
}

/**
 * What is to be said of a share that was chosen, with which the most workers that there can be would start above the
 * bucket's rates.
 *
 * @param workers of all pools and regions that share the bucket, as far as they are known
 */
export function paceShareWarnings(paceShare: number | undefined, workers: number): string[] {
  const sum = (paceShare ?? 0) * workers;
  if (sum <= 1 || paceShare === undefined) return [];
  return [
    `paceShare ${paceShare}: ${workers} workers would start at ${Number(sum.toFixed(2))} times the bucket's request rates, ` +
      `and be told to slow down (429). Leave it out, or use ${evenPaceShare(workers)} at most.`,
  ];
}

/** What is wrong with how encoders are to read and write. */
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
