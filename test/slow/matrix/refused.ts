import type { Value } from "./values.ts";

/** Two values of different keys that the schema or the components refuse together, and how their message begins. */
export interface RefusedPair {
  readonly keys: readonly [string, string];
  readonly when: (value: Value, other: Value) => boolean;
  readonly says: RegExp;
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: Value): Fields => (typeof value === "object" ? (value as Fields) : {});
const isSet = (value: Value): boolean => value !== undefined;
const isScaled = (value: Value): boolean => isSet(value) && fields(value)["kind"] !== "FIXED";
const hasPools = (own: Value): boolean => isSet(fields(own)["encoderPools"] as Value);
const holds = (value: Value, text: string): boolean => isSet(value) && JSON.stringify(value).includes(text);

export const REFUSED_PAIRS: readonly RefusedPair[] = [
  {
    keys: ["archive", "autoclass"],
    when: (archive, autoclass) => isSet(archive) && isSet(autoclass),
    says: /autoclass: given autoclass and archive; allowed: one of them\./,
  },
  {
    keys: ["scaling", "workerReplicas"],
    when: (scaling, replicas) => isScaled(scaling) && isSet(replicas),
    says: /encoders\.replicas: given a value; allowed: nothing\./,
  },
  {
    keys: ["ownClusters", "scaling"],
    when: (clusters, scaling) =>
      isSet(clusters) &&
      fields(fields(clusters)["network"] as Value)["cloudNat"] !== true &&
      isScaled(scaling),
    says: /keda\.imageRegistry: given nothing; allowed: a mirror of KEDA's images in Artifact Registry/,
  },
  {
    keys: ["ownClusters", "worker"],
    // A boot disk of 100 GB has no room for so much, and Autopilot gives 10Gi at most.
    when: (own, worker) => isSet(own) && !holds(own, '"diskSizeGb"') && holds(worker, '"scratch":'),
    says: /encoders\.scratch: given "50Gi"; allowed: at most /,
  },
  {
    keys: ["ownClusters", "workerPlacement"],
    when: (own, placement) => isSet(own) && holds(placement, '"gpus"') && !holds(own, '"gpu"'),
    says: /encoders\.placement(\.gpus)?: given /,
  },
  {
    keys: ["ownClusters", "workerPlacement"],
    when: (own, placement) => hasPools(own) && holds(placement, '"arm"'),
    says: /encoders\.placement: given encoders with Arm/,
  },
  {
    keys: ["ownClusters", "workerPlacement"],
    when: (own, placement) => hasPools(own) && holds(placement, '"gvisor"') && !holds(own, '"gvisor"'),
    says: /encoders\.placement: given encoders with gVisor/,
  },
  {
    keys: ["worker", "workerPlacement"],
    when: (worker, placement) => holds(worker, '"REQUIRED"') && holds(placement, '"gvisor":true'),
    says: /isolation: given REQUIRED on nodes with gVisor/,
  },
  {
    keys: ["ownClusters", "worker"],
    when: (own, worker) => holds(own, '"gvisor":true') && holds(worker, '"REQUIRED"'),
    says: /isolation: given REQUIRED on nodes with gVisor/,
  },
  {
    keys: ["clusters", "ownClusters"],
    when: (clusters, own) => clusters === "first" && isSet(fields(own)["backup"] as Value),
    says: /ownClusters\.backup: given a backup with one cluster; allowed: a backup with two clusters\./,
  },
  {
    keys: ["clusters", "ownClusters"],
    when: (clusters, own) => clusters === "both" && holds(own, '"zones"'),
    says: /encoderPools\[0\]\.zones\[0\]: given "us-central1-b"; allowed: zones of us-east1: "us-east1-a"/,
  },
  {
    keys: ["placement", "ownClusters"],
    when: (placement, own) => placement === "us-central1" && isSet(fields(own)["backup"] as Value),
    says: /ownClusters\.backup: given a backup with one cluster; allowed: a backup with two clusters\./,
  },
  {
    keys: ["disposable", "audit"],
    when: (disposable, audit) => disposable === true && holds(audit, '"locked":true'),
    says: /locked: given true in a disposable trail; allowed: one of the two\./,
  },
  {
    keys: ["disposable", "retention"],
    when: (disposable, retention) => disposable === true && isSet(retention),
    says: /disposable: given true with retention; allowed: one of them\./,
  },
  {
    keys: ["disposable", "defaultEventBasedHold"],
    when: (disposable, hold) => disposable === true && hold === true,
    says: /disposable: given true with defaultEventBasedHold; allowed: one of them\./,
  },
  {
    keys: ["versioning", "retention"],
    when: (versioning, retention) => versioning === true && isSet(retention),
    says: /versioning: given true with retention; allowed: one of them\./,
  },
  {
    keys: ["images", "buildImages"],
    when: (images, built) => isSet(images) === isSet(built),
    says: /mpegflow-gcs:(buildImages: given buildImages and images; allowed: one of the two|images: given nothing)/,
  },
  {
    keys: ["images", "imagesByDigest"],
    when: (images, byDigest) => byDigest === true && isSet(images) && !holds(images, "@sha256:"),
    says: /images\.coordinator: given .*; allowed: an image by digest/,
  },
  {
    keys: ["signer", "activeHmacKey"],
    when: (signer, active) => isSet(active) && signer !== "HMAC",
    says: /activeKey: given "b"; allowed: nothing\. Reason: signer is SIGN_BLOB/,
  },
  {
    keys: ["hmacKeys", "activeHmacKey"],
    when: (keys, active) => isSet(active) && !holds(keys, '"b"'),
    says: /activeKey: given "b"; allowed: /,
  },
  {
    keys: ["encryption", "audit"],
    when: (encryption, audit) => holds(encryption, "auditLogBucket") && !hasLogBucket(audit),
    says: /encryption\.auditLogBucket\.location: given no log bucket; allowed: audit with a log bucket in a region\./,
  },
];

/** A trail that names no destination has a log bucket. */
const hasLogBucket = (audit: Value): boolean =>
  isSet(audit) && (!isSet(fields(audit)["destinations"] as Value) || holds(audit, '"logBucket"'));

/** Why two values cannot stand together; nothing where they can. */
export function refusedPair(
  [key, value]: readonly [string, Value],
  [other, otherValue]: readonly [string, Value],
): RefusedPair | undefined {
  return REFUSED_PAIRS.find(({ keys: [first, second], when }) => {
    if (first === key && second === other) return when(value, otherValue);
    return first === other && second === key && when(otherValue, value);
  });
}
