import type * as pulumi from "@pulumi/pulumi";
import { keyRingLocation } from "../encryption/index.ts";
import { principalProblems } from "../identity/principal.ts";
import { checkedArguments } from "../storage/media-bucket-checks.ts";
import {
  prefixPaths,
  InvalidArguments,
  shown,
  wholeNumberProblems,
  type KnownLater,
  type Problem,
} from "../validation/index.ts";
import { archiveBucketArguments } from "./archive-bucket.ts";
import type { AuditArchiveBucket, AuditDataset, AuditLogBucket, AuditTrailArgs } from "./audit-trail-args.ts";
import { datasetIdOf, datasetLocationOf, destinationsOf, LIMITS, logLocationOf } from "./settings.ts";

/** The arguments of an audit trail, of which a platform makes some after it has checked the others. */
export type AuditTrailGiven = KnownLater<AuditTrailArgs, "bucketNames" | "signerEmails">;

/** Problems of the destinations; paths begin with `destinations`. */
export function destinationProblems(name: string, args: AuditTrailGiven): Problem[] {
  const { logBucket, archiveBucket, bigQuery } = destinationsOf(args);
  const found = [
    ...(logBucket ? prefixPaths("logBucket", logBucketProblems(name, logBucket, args)) : []),
    ...(archiveBucket ? prefixPaths("archiveBucket", archiveProblems(name, archiveBucket, args)) : []),
    ...(bigQuery ? prefixPaths("bigQuery", datasetProblems(name, bigQuery, args)) : []),
  ];
  if (logBucket ?? archiveBucket ?? bigQuery) return prefixPaths("destinations", found);
  return [
    {
      path: "destinations",
      given: "{}",
      allowed: "one or more of logBucket, archiveBucket and bigQuery",
      because: "entries that go nowhere are no trail.",
      fix: "name one, or leave out destinations for a log bucket",
    },
  ];
}

function logBucketProblems(name: string, bucket: AuditLogBucket, args: AuditTrailGiven): Problem[] {
  const location = bucket.location ?? logLocationOf(args.placement);
  return [
    ...principalProblems(bucket.projectId === undefined ? {} : { projectId: bucket.projectId }),
    ...(/^[a-z][a-z0-9-]+$/.test(location)
      ? []
      : [
          {
            path: "location",
            given: shown(location),
            allowed: "a region in lower case, us, eu or global",
            fix: 'use a location of log buckets, such as "us-central1"',
          },
        ]),
    ...(bucket.bucketId === undefined || /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(bucket.bucketId)
      ? []
      : [
          {
            path: "bucketId",
            given: shown(bucket.bucketId),
            allowed: "1 to 100 letters, digits, _, - and ., starting with a letter or digit",
            because: "_Default and _Required belong to Cloud Logging.",
            fix: "rename it, or leave it out",
          },
        ]),
    ...wholeNumberProblems(
      "retentionDays",
      bucket.retentionDays ?? LIMITS.logRetentionDays.default,
      LIMITS.logRetentionDays,
    ),
    ...lockProblems(name, bucket, args),
    ...keyProblems(bucket.kmsKeyName ?? args.kmsKeyName, location),
  ];
}

function archiveProblems(name: string, bucket: AuditArchiveBucket, args: AuditTrailGiven): Problem[] {
  const placement = bucket.placement ?? args.placement;
  return [
    ...bucketProblems(name, bucket, args),
    ...(typeof bucket.bucketName === "string" && args.bucketNames?.includes(bucket.bucketName)
      ? [
          {
            path: "bucketName",
            given: shown(bucket.bucketName),
            allowed: "a separate bucket",
            because:
              "each file of log entries would be logged as one more write to a bucket of the platform.",
            fix: "choose another name, or leave bucketName out",
          },
        ]
      : []),
    ...wholeNumberProblems(
      "retentionDays",
      bucket.retentionDays ?? LIMITS.archiveRetentionDays.default,
      LIMITS.archiveRetentionDays,
    ),
    ...lockProblems(name, bucket, args),
    ...(bucket.retentionDays !== undefined && args.disposable === true
      ? [
          {
            path: "retentionDays",
            given: `${bucket.retentionDays} in a disposable trail`,
            allowed: "nothing",
            because: "a bucket cannot be deleted while files in it are retained.",
            fix: "leave retentionDays out where environments come and go",
          },
        ]
      : []),
    ...keyProblems(bucket.kmsKeyName ?? args.kmsKeyName, keyRingLocation(placement)),
  ];
}

/** The bucket's own problems of name and placement; labels are checked once, for all resources. */
function bucketProblems(name: string, bucket: AuditArchiveBucket, args: AuditTrailGiven): readonly Problem[] {
  try {
    checkedArguments(
      name,
      archiveBucketArguments(name, bucket, { ...args, labels: {}, kmsKeyName: undefined }),
    );
    return [];
  } catch (error) {
    if (!(error instanceof InvalidArguments)) throw error;
    return error.problems.filter(({ path }) => /^(placement|bucketName|regions)/.test(path));
  }
}

function datasetProblems(name: string, dataset: AuditDataset, args: AuditTrailGiven): Problem[] {
  const datasetId = dataset.datasetId ?? datasetIdOf(name);
  return [
    ...(/^\w{1,1024}$/.test(datasetId)
      ? []
      : [
          {
            path: "datasetId",
            given: shown(datasetId),
            allowed: "1 to 1024 letters, digits and _",
            fix: "rename it, or leave it out",
          },
        ]),
    ...(dataset.retentionDays === undefined
      ? []
      : wholeNumberProblems("retentionDays", dataset.retentionDays, LIMITS.datasetRetentionDays)),
    ...keyProblems(
      dataset.kmsKeyName ?? args.kmsKeyName,
      dataset.location ?? datasetLocationOf(args.placement),
    ),
  ];
}

/** A lock cannot be undone, so it takes two arguments that agree. */
function lockProblems(
  name: string,
  { locked, confirmLock }: Pick<AuditLogBucket, "locked" | "confirmLock">,
  { disposable }: AuditTrailGiven,
): Problem[] {
  const found: Problem[] = [];
  if (locked === true && confirmLock !== name) {
    found.push({
      path: "confirmLock",
      given: shown(confirmLock),
      allowed: `${shown(name)}, the trail's name, which confirms locked`,
      because: "a locked retention can never be shortened, and nobody can delete the objects that it keeps.",
      fix: `set confirmLock to ${shown(name)} if that is what you want, or leave locked out`,
    });
  }
  if (locked !== true && confirmLock !== undefined) {
    found.push({
      path: "confirmLock",
      given: shown(confirmLock),
      allowed: "nothing while locked is not true",
      fix: "remove it, so that locking needs its own confirmation",
    });
  }
  if (locked === true && disposable === true) {
    found.push({
      path: "locked",
      given: "true in a disposable trail",
      allowed: "one of the two",
      because: "what is locked cannot be deleted.",
      fix: "leave locked out where environments come and go",
    });
  }
  return found;
}

const KEY = /^projects\/[^/]+\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

/** Problems of a known key; checked again when an output becomes known. */
export function keyProblems(key: pulumi.Input<string> | undefined, location: string): Problem[] {
  if (typeof key !== "string") return [];
  const of = KEY.exec(key)?.[1];
  if (of === undefined) {
    return [
      {
        path: "kmsKeyName",
        given: shown(key),
        allowed: "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
        fix: "pass the id of the gcp.kms.CryptoKey",
      },
    ];
  }
  const wanted = KMS_SPELLING[location.toLowerCase()] ?? location.toLowerCase();
  if (of === wanted) return [];
  return [
    {
      path: "kmsKeyName",
      given: `a key in ${of}`,
      allowed: `a key in ${wanted}`,
      because: "a destination's key has to be where the destination is.",
      fix: "give this destination its own kmsKeyName",
    },
  ];
}

/** Cloud KMS spells the multi-region EU `europe`. */
const KMS_SPELLING: Readonly<Record<string, string>> = { eu: "europe" };
