import { isIP, isIPv4 } from "node:net";
import { egressRangeProblems } from "../kubernetes/ranges.ts";
import { ownRange, serviceOf } from "../kubernetes/network-rules.ts";
import { shown, type Problem } from "../validation/index.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";

type Egress = Partial<Pick<EncoderPoolArgs, "coordinatorRanges" | "coordinatorByName">>;

/** What is wrong with the way that encoders are let out to a coordinator at this address. */
export function coordinatorEgressProblems(address: URL, args: Egress): Problem[] {
  const { coordinatorRanges: ranges, coordinatorByName: byName = false } = args;
  const { hostname } = address;
  if (serviceOf(hostname) !== undefined) return inClusterProblems(args);
  if (ranges !== undefined && byName) {
    return [
      {
        path: "coordinatorByName",
        given: "true, with coordinatorRanges",
        allowed: "one of the two",
        because: "policies add up: the ranges would let out to what the name keeps in.",
        fix: "leave one of them out",
      },
    ];
  }
  if (byName && isIP(hostname.replaceAll(/[[\]]/g, "")) !== 0) {
    return [
      {
        path: "coordinatorByName",
        given: "true, for an address",
        allowed: "true where coordinatorUrl has a host's name",
        fix: "leave it out, or use the coordinator's name",
      },
    ];
  }
  if (byName || ranges !== undefined) return [];
  if (isIPv4(hostname)) {
    return ownRange(address).flatMap((range) =>
      egressRangeProblems("coordinatorUrl", range).map((one) => ({ ...one, given: shown(hostname) })),
    );
  }
  return [
    {
      path: "coordinatorRanges",
      given: `nothing, for a coordinator at ${hostname}`,
      allowed: "ranges of the coordinator's addresses, where it is no Service of the cluster",
      because: "encoders are let out to named addresses alone.",
      fix: 'name them, such as ["203.0.113.10/32"], or set coordinatorByName where the cluster has policies by domain name',
    },
  ];
}

/** A coordinator in the cluster is let out to by its pods' labels. */
function inClusterProblems({ coordinatorRanges, coordinatorByName }: Egress): Problem[] {
  const given = [
    ...(coordinatorRanges === undefined ? [] : ["coordinatorRanges"]),
    ...(coordinatorByName === true ? ["coordinatorByName"] : []),
  ];
  return given.map((path) => ({
    path,
    given: "a value",
    allowed: "nothing where the coordinator is a Service of the cluster",
    because: "its pods are known by their labels, and their addresses change.",
    fix: "leave it out",
  }));
}
