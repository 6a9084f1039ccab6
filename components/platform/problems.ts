import { encryptionProblems } from "../encryption/arguments.ts";
import { jobMessagingProblems } from "../events/index.ts";
import { brokerIdentityProblems } from "../identity/broker-identity-args.ts";
import { principalProblems } from "../identity/principal.ts";
import { checkedArguments } from "../storage/arguments.ts";
import { below, InvalidArguments, shown, type Problem } from "../validation/index.ts";
import { clusterRegionProblems } from "../workloads/cluster-regions.ts";
import { coordinatorProblems } from "../workloads/coordinator.ts";
import { encoderPoolProblems } from "../workloads/encoder-pool.ts";
import type { MpegFlowPlatformArgs } from "./arguments.ts";
import { brokerName, bucketArguments, encryptionArguments, keyName } from "./parts.ts";

/**
 * What is wrong with the arguments, those passed on to the parts included: all of it is said before anything is
 * registered.
 */
export function platformProblems(name: string, args: MpegFlowPlatformArgs): Problem[] {
  const { coordinatorReplicas: replicas, placement } = args;
  const clusters = clusterRegionProblems(
    placement,
    args.clusters.map(({ region }) => region),
  );
  // A placement that the clusters cannot use is reported once: the bucket would say the same in its own words.
  const bucket = clusters.some(({ path }) => path === "placement") ? [] : bucketProblems(name, args);
  const coordinator = coordinatorProblems({ ...args, ...(replicas !== undefined && { replicas }) });
  return distinct([
    ...principalProblems({
      projectId: args.projectId,
      ...(typeof args.projectNumber === "string" && { projectNumber: args.projectNumber }),
      ...(args.namespace !== undefined && { namespace: args.namespace }),
    }),
    ...clusters,
    ...bucket,
    ...brokerIdentityProblems(brokerName(name), args).map((one) =>
      one.path.endsWith("ccountId") ? nameProblem(name, one) : one,
    ),
    ...jobMessagingProblems(name, args),
    ...(args.encryption ? below("encryption", platformEncryptionProblems(name, args)) : []),
    ...coordinator.map((one) => (one.path === "replicas" ? { ...one, path: "coordinatorReplicas" } : one)),
    ...below("encoders", encoderPoolProblems(args.encoders ?? {})),
  ]);
}

/** The platform has no argument for the account's id: its name decides. */
function nameProblem(name: string, { given, allowed }: Problem): Problem {
  return {
    path: "name",
    given: shown(name),
    allowed: "2 to 16 characters of a-z, 0-9 and -, starting with a letter",
    because: `the signer's account id is made of it, ${given}, and has to be ${allowed}.`,
    fix: "give the platform another name",
  };
}

function bucketProblems(name: string, args: MpegFlowPlatformArgs): readonly Problem[] {
  try {
    checkedArguments(name, bucketArguments(args));
    return [];
  } catch (error) {
    if (error instanceof InvalidArguments) return error.problems;
    throw error;
  }
}

/** What the platform passes on itself is reported of the platform's own arguments. */
function platformEncryptionProblems(name: string, args: MpegFlowPlatformArgs): Problem[] {
  const shared: readonly string[] = ["projectId", "projectNumber", "name"];
  return encryptionProblems(keyName(name), encryptionArguments(args)).filter(
    ({ path }) => !shared.includes(path) && !path.startsWith("placement"),
  );
}

/** Parts share arguments, so they report some problems twice. */
function distinct(found: readonly Problem[]): Problem[] {
  return found.filter((one, index) => found.findIndex(({ path }) => path === one.path) === index);
}
