import { oneOfProblems, type Problem } from "../validation/index.ts";
import { EncoderIsolation } from "./encoder-isolation.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import type { WorkerVariables } from "./environment.ts";

type Isolated = Partial<Pick<EncoderPoolArgs, "isolation" | "placement">>;

/** Environment variables for the worker. */
export const isolationVariables = ({ isolation = EncoderIsolation.Auto }: Isolated): WorkerVariables => ({
  MPEGFLOW_ISOLATION: isolation.toLowerCase(),
});

/** Problems of how ffmpeg is to be isolated. */
export function isolationProblems({ isolation, placement }: Isolated): Problem[] {
  if (isolation !== EncoderIsolation.Required || placement?.gvisor !== true)
    return oneOfProblems("isolation", isolation, EncoderIsolation);
  return [
    {
      path: "isolation",
      given: "REQUIRED on nodes with gVisor",
      allowed: "AUTO there",
      because: "gVisor has no Landlock, so no worker would start.",
      fix: "leave it out, or leave placement.gvisor out",
    },
  ];
}
