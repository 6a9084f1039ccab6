import { oneOfProblems, shown, type Problem } from "../validation/index.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";

/** How encoders read their inputs; docs/encoding.md has which are never streamed. */
export const EncoderInput = {
  /** Streams an input into the encoder where that saves time and costs no check of the result. */
  Auto: "AUTO",
  /** Streams also small inputs, and those whose header states no duration. */
  Stream: "STREAM",
  /** Downloads each input before its encode. */
  Download: "DOWNLOAD",
} as const;
export type EncoderInput = (typeof EncoderInput)[keyof typeof EncoderInput];

/** Parts of a bucket's request rates that a worker takes: services/worker/config.ts. */
const PACE_SHARE = { min: 0.0001, max: 1 };

/** What workers read: services/worker/config.ts. What is not given they know themselves. */
export function transferVariables({ input, paceShare }: Pick<EncoderPoolArgs, "input" | "paceShare">) {
  return {
    ...(input !== undefined && { MPEGFLOW_INPUT: input.toLowerCase() }),
    ...(paceShare !== undefined && { MPEGFLOW_PACE_SHARE: String(paceShare) }),
  };
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
