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
import { rangeProblems } from "../kubernetes/network-rules.ts";
import { isScaled, queueProblems, scalingProblems } from "./scaling.ts";

/** Problems of the arguments, as far as they are known in advance. */
export function encoderPoolProblems(args: Partial<EncoderPoolArgs>): Problem[] {
  const { placement = {}, storageHosts, storageRanges, kubernetesName, kedaNamespace, coordinatorUrl } = args;
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
    ...rangeProblems("storageRanges", storageRanges ?? []),
    ...(storageHosts ? hostsProblems(storageHosts, storageRanges) : []),
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

function hostsProblems(hosts: readonly string[], ranges: readonly string[] | undefined): Problem[] {
  return [
    ...(hosts.length === 0
      ? [
          {
            path: "storageHosts",
            given: "no host",
            allowed: "one host or more",
            fix: 'name the host: "storage.googleapis.com"',
          },
        ]
      : []),
    ...hosts.flatMap((host, index) =>
      /^(?:\*\.)?(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/.test(host)
        ? []
        : [
            {
              path: `storageHosts[${index}]`,
              given: shown(host),
              allowed: "a host's full name in lower case, *. in front for all below",
              fix: 'write it as in "storage.googleapis.com"',
            },
          ],
    ),
    ...(ranges
      ? [
          {
            path: "storageRanges",
            given: "storageHosts and storageRanges",
            allowed: "one of the two",
            because: "policies add up: the ranges would let out to what the names keep in.",
            fix: "leave one of them out",
          },
        ]
      : []),
  ];
}
