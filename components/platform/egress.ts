import { hostsProblems } from "../kubernetes/egress-hosts.ts";
import { apiServerRangeProblems, egressRangesProblems } from "../kubernetes/ranges.ts";
import { GOOGLE_API_RANGES, GoogleApis, VIRTUAL_ADDRESSES } from "../network/virtual-addresses.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";
import { prefixPaths, type Problem } from "../validation/index.ts";
import type { CoordinatorArgs, EncoderPoolArgs } from "../workloads/index.ts";
import type { MpegFlowPlatformArgs } from "./platform-args.ts";

type Args = Pick<MpegFlowPlatformArgs, "ownClusters" | "egress" | "encoders">;

/** Addresses at which the clusters' network has Google's APIs and buckets: known of a network that the platform makes. */
function googleRanges({ ownClusters }: Args): readonly string[] {
  if (ownClusters === undefined) return GOOGLE_API_RANGES;
  return [VIRTUAL_ADDRESSES[ownClusters.network?.googleApis ?? GoogleApis.Restricted].range];
}

/** Where coordinators may connect to. */
export function coordinatorEgress(
  args: Args,
): Pick<CoordinatorArgs, "googleRanges" | "googleHosts" | "publicEgress"> {
  const { ranges = [], hosts, publicAddresses } = args.egress ?? {};
  return {
    googleRanges: [...googleRanges(args), ...ranges],
    ...withoutUndefined({ googleHosts: hosts, publicEgress: publicAddresses }),
  };
}

/** Where encoders may connect to. What is said of them alone takes the place of Google's addresses. */
export function encoderEgress(
  args: Args,
): Pick<EncoderPoolArgs, "storageRanges" | "storageHosts" | "publicEgress"> {
  const { ranges = [], hosts = [], publicAddresses } = args.egress ?? {};
  const { storageRanges: own, storageHosts: ownHosts = [] } = args.encoders ?? {};
  const storageRanges = [...(own ?? (ownHosts.length > 0 ? [] : googleRanges(args))), ...ranges];
  const storageHosts = [...ownHosts, ...hosts];
  return {
    ...(storageRanges.length > 0 && { storageRanges }),
    ...(storageHosts.length > 0 && { storageHosts }),
    ...withoutUndefined({ publicEgress: publicAddresses }),
  };
}

/** What is wrong with where the platform's programs may connect to. */
export function egressProblems({ egress, clusters }: MpegFlowPlatformArgs): Problem[] {
  return [
    ...prefixPaths("egress", [
      ...egressRangesProblems("ranges", egress?.ranges, { instead: "set egress.publicAddresses" }),
      ...hostsProblems("hosts", egress?.hosts),
    ]),
    ...clusters.flatMap(({ apiServerRange }, index) =>
      apiServerRangeProblems(`clusters[${index}].apiServerRange`, apiServerRange),
    ),
  ];
}
