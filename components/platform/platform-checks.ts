import { auditTrailProblems } from "../audit/audit-trail-checks.ts";
import { kedaProblems } from "../cluster/keda.ts";
import { cdnDeliveryProblems } from "../delivery/index.ts";
import { encryptionProblems } from "../encryption/encryption-checks.ts";
import type { EncryptionArgs } from "../encryption/index.ts";
import { jobMessagingProblems } from "../events/index.ts";
import { brokerIdentityProblems } from "../identity/broker-identity-args.ts";
import { principalProblems } from "../identity/principal.ts";
import { secretKeyProblems } from "../identity/secret-keys.ts";
import { checkedArguments } from "../storage/media-bucket-checks.ts";
import {
  describeProblem,
  prefixPaths,
  InvalidArguments,
  REGION_NAME,
  shown,
  type Problem,
} from "../validation/index.ts";
import { clusterRegionProblems } from "../workloads/cluster-regions.ts";
import { coordinatorProblems } from "../workloads/coordinator-checks.ts";
import { encoderPoolProblems } from "../workloads/encoder-pool-checks.ts";
import type { EncoderPoolArgs } from "../workloads/index.ts";
import { kubernetesNameProblems } from "../kubernetes/kubernetes-name.ts";
import type { MpegFlowPlatformArgs, PlatformAudit, PlatformDelivery } from "./platform-args.ts";
import type { PlatformKeda } from "./cluster-arguments.ts";
import { capacityProblems } from "./capacity.ts";
import { encoderPlacement, ownClustersProblems } from "./clusters.ts";
import { egressProblems } from "./egress.ts";
import { encryptionArguments, keyName, logBucketLocation, logKeyArguments } from "./keys.ts";
import { auditName, brokerName, bucketArguments, deliveryArguments } from "./component-arguments.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/**
 * Problems of the arguments, including those passed to the components. All are reported before anything is registered.
 */
export function platformProblems(name: string, args: MpegFlowPlatformArgs): Problem[] {
  const { coordinatorReplicas: replicas, placement } = args;
  const clusters = clusterRegionProblems(
    placement,
    args.clusters.map(({ region }) => region),
  );
  // A placement that the clusters cannot use is reported once: the bucket would say the same in its own words.
  const bucket = clusters.some(({ path }) => path === "placement") ? [] : bucketProblems(name, args);
  const { uploads, ...others } = args;
  const coordinator = coordinatorProblems({
    ...others,
    ...withoutUndefined({ replicas, tls: args.coordinatorTls }),
  }).map((one) => ({ ...one, path: one.path.replace(/^tls\./, "coordinatorTls.") }));
  return distinct([
    ...principalProblems({
      projectId: args.projectId,
      ...(typeof args.projectNumber === "string" && { projectNumber: args.projectNumber }),
      ...withoutUndefined({ namespace: args.namespace }),
    }),
    ...clusters,
    ...bucket,
    ...brokerIdentityProblems(brokerName(name), args).map((one) =>
      one.path.endsWith("ccountId") ? nameProblem(name, one) : one,
    ),
    ...jobMessagingProblems(name, {
      ...others,
      ...(uploads && { uploads: { ...uploads, ...withoutUndefined({ bucket: args.bucketName }) } }),
    }),
    ...(args.encryption ? prefixPaths("encryption", platformEncryptionProblems(name, args)) : []),
    ...(args.audit ? prefixPaths("audit", platformAuditProblems(name, args, args.audit)) : []),
    ...(args.delivery ? prefixPaths("delivery", platformDeliveryProblems(args, args.delivery)) : []),
    ...coordinator.map((one) => (one.path === "replicas" ? { ...one, path: "coordinatorReplicas" } : one)),
    ...prefixPaths("encoders", encoderPoolProblems(encodersOf(args))),
    ...egressProblems(args),
    ...ownClustersProblems(name, args),
    ...capacityProblems(args),
    ...(args.keda ? prefixPaths("keda", platformKedaProblems(args.keda)) : []),
  ]);
}

/** Encoders where they will run. */
function encodersOf(args: MpegFlowPlatformArgs): Partial<EncoderPoolArgs> {
  const placement = encoderPlacement(args);
  return { ...args.encoders, ...withoutUndefined({ placement }) };
}

function platformKedaProblems({ namespace, ...keda }: PlatformKeda): Problem[] {
  return [
    ...kedaProblems(keda),
    ...(namespace === undefined ? [] : kubernetesNameProblems("namespace", namespace)),
  ];
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

/** Problems of arguments that the platform derives are reported at the platform's own arguments. */
function platformEncryptionProblems(name: string, args: MpegFlowPlatformArgs): Problem[] {
  const shared: readonly string[] = ["projectId", "projectNumber", "name"];
  const own = (problems: readonly Problem[]): Problem[] =>
    problems.filter(({ path }) => !shared.includes(path) && !/^(?:placement|labels)/.test(path));
  const logKey = logKeyArguments(args);
  return [
    ...own(encryptionProblems(keyName(name), encryptionArguments(args))),
    ...secretKeysProblems(args),
    ...(logKey
      ? prefixPaths("auditLogBucket", [...logBucketProblems(args), ...ofLogKey(own, name, logKey)])
      : []),
  ];
}

/** Keys that are there already: one for each region, in that region. What is made new is right. */
function secretKeysProblems({ encryption, placement }: MpegFlowPlatformArgs): Problem[] {
  const given = encryption?.secrets?.existingKeyNames;
  if (given === undefined) return [];
  return secretKeyProblems(given, placement.regions).map((problem) => ({
    ...problem,
    path: problem.path.replace("kmsKeyNames", "secrets.existingKeyNames"),
    fix: problem.fix.replace("kmsKeyNames", "existingKeyNames"),
  }));
}

const ofLogKey = (
  own: (problems: readonly Problem[]) => Problem[],
  name: string,
  args: EncryptionArgs,
): Problem[] =>
  own(encryptionProblems(`${keyName(name)}-logs`, args)).filter(
    ({ path }) => path === "loggingServiceAccount",
  );

function logBucketProblems(args: MpegFlowPlatformArgs): Problem[] {
  const location = logBucketLocation(args);
  if (location !== undefined && REGION_NAME.test(location)) return [];
  return [
    {
      path: "location",
      given: location === undefined ? "no log bucket" : shown(location),
      allowed: "audit with a log bucket in a region",
      because: "Cloud Logging takes a key in the log bucket's own region.",
      fix: "set audit.destinations.logBucket.location to a region, or leave auditLogBucket out",
    },
  ];
}

function platformAuditProblems(name: string, args: MpegFlowPlatformArgs, audit: PlatformAudit): Problem[] {
  const known = Object.keys(audit);
  const { projectId, placement } = args;
  return auditTrailProblems(auditName(name), {
    projectId,
    placement,
    ...(args.bucketName !== undefined && { bucketNames: [args.bucketName] }),
    ...audit,
    ...withoutUndefined({ disposable: args.disposable }),
  }).filter(({ path }) => known.some((key) => path.startsWith(key)));
}

function platformDeliveryProblems(args: MpegFlowPlatformArgs, delivery: PlatformDelivery): Problem[] {
  const known = Object.keys(delivery);
  return cdnDeliveryProblems(deliveryArguments(args, delivery)).filter(
    ({ path }) => path === "domains" || known.some((key) => path.startsWith(key)),
  );
}

/** Parts share arguments, so they report some problems twice, in the same words. */
function distinct(found: readonly Problem[]): Problem[] {
  return [...new Map(found.map((one) => [describeProblem(one), one])).values()];
}
