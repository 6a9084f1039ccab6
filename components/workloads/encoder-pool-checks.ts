import { prefixPaths, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import { pemProblems } from "./coordinator-tls.ts";
import { connectionProblems } from "./coordinator-trust.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import { isolationProblems } from "./isolation-settings.ts";
import { graceSeconds } from "./encoder-pod.ts";
import { placementProblems, spotGraceSeconds } from "./encoder-placement.ts";
import { profilesProblems } from "./encoder-profiles.ts";
import { transferProblems } from "./encoder-transfers.ts";
import { kubernetesNameProblems } from "../kubernetes/kubernetes-name.ts";
import { LIMITS } from "./limits.ts";
import { memoryProblems, resourcesProblems } from "../kubernetes/resources.ts";
import { hostsProblems } from "../kubernetes/egress-hosts.ts";
import { egressRangesProblems } from "../kubernetes/ranges.ts";
import { isScaled, queueProblems, scalingProblems } from "./scaling.ts";

/** Problems of the arguments, as far as they are known in advance. */
export function encoderPoolProblems(args: Partial<EncoderPoolArgs>): Problem[] {
  const { placement = {}, kubernetesName, kedaNamespace, coordinatorUrl } = args;
  return [
    ...(typeof coordinatorUrl === "string" ? addressProblems(coordinatorUrl, args) : []),
    ...(typeof args.coordinatorCa === "string" ? pemProblems("coordinatorCa", args.coordinatorCa) : []),
    ...scalingProblems(args),
    ...graceProblems(args),
    ...resourcesProblems("resources", args.resources ?? {}),
    ...memoryProblems("scratch", args.scratch),
    ...transferProblems(args),
    ...isolationProblems(args),
    ...prefixPaths("placement", placementProblems(placement)),
    ...(args.profiles ? profilesProblems(args.profiles) : []),
    ...egressProblems(args),
    ...(kubernetesName === undefined ? [] : kubernetesNameProblems("kubernetesName", kubernetesName)),
    ...(kedaNamespace === undefined ? [] : kubernetesNameProblems("kedaNamespace", kedaNamespace)),
  ];
}

function addressProblems(coordinatorUrl: string, args: Partial<EncoderPoolArgs>): Problem[] {
  const wrong = connectionProblems(coordinatorUrl, args);
  return wrong.length > 0 || !isScaled(args.scaling) ? wrong : queueProblems(coordinatorUrl);
}

function graceProblems(args: Partial<EncoderPoolArgs>): Problem[] {
  const spot = spotGraceSeconds(args.placement ?? {});
  const seconds = graceSeconds(args);
  if (spot === undefined || !(seconds > spot)) {
    return wholeNumberProblems("terminationGraceSeconds", seconds, LIMITS.terminationGraceSeconds);
  }
  return [
    {
      path: "terminationGraceSeconds",
      given: shown(seconds),
      allowed: `a whole number from 1 to ${spot}`,
      because: "a Spot node keeps 15 seconds of its notice for system pods, whatever a pod asks for.",
      fix: "use a number in that range, or raise spotNoticeSeconds of the placement and of the node pool",
    },
  ];
}

/** What is wrong with where encoders are let out to, but for the coordinator. */
function egressProblems(args: Partial<EncoderPoolArgs>): Problem[] {
  const { storageHosts, storageRanges, coordinatorRanges } = args;
  return [
    ...egressRangesProblems("storageRanges", storageRanges, {
      instead: "set publicEgress, or egress.publicAddresses of a platform",
    }),
    ...hostsProblems("storageHosts", storageHosts),
    ...egressRangesProblems("coordinatorRanges", coordinatorRanges),
  ];
}
