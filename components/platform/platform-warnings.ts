import { paceShareWarnings } from "../workloads/encoder-transfers.ts";
import { mostEncoders } from "../workloads/scaling.ts";
import { capacityWarnings } from "./capacity-warnings.ts";
import { maxWorkers } from "./component-arguments.ts";
import type { MpegFlowPlatformArgs } from "./platform-args.ts";

/** Warnings about accepted arguments. */
export function platformWarnings(
  args: Pick<MpegFlowPlatformArgs, "clusters" | "encoders" | "ownClusters">,
): string[] {
  const { encoders = {} } = args;
  // What one region's workers do alone, its pool says.
  const alone = paceShareWarnings(encoders.paceShare, mostEncoders(encoders)).length > 0;
  return [
    ...capacityWarnings(args),
    ...(alone ? [] : paceShareWarnings(encoders.paceShare, maxWorkers(args))),
  ];
}
