import type * as pulumi from "@pulumi/pulumi";
import type { AuditDestinations } from "../audit/index.ts";
import { destinationsOf, logLocationOf } from "../audit/settings.ts";
import { EncryptedService, type EncryptionArgs } from "../encryption/index.ts";
import type { PlatformEncryption } from "./platform-args.ts";
import type { ComponentArguments } from "./component-arguments.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Name of the platform's {@link Encryption}. */
export function keyName(name: string): string {
  return `${name}-key`;
}

/** The arguments of `encryption` for the platform's key; the others are for further keys. */
const OF_THE_KEY = [
  "rotationPeriodDays",
  "protectionLevel",
  "keyRingName",
  "keyName",
  "existingKeyName",
] as const satisfies (keyof PlatformEncryption & keyof EncryptionArgs)[];

/** The arguments of the platform's key. */
export function encryptionArguments(args: ComponentArguments): EncryptionArgs {
  return {
    placement: args.placement,
    projectId: args.projectId,
    ...withoutUndefined({ projectNumber: args.projectNumber }),
    ...Object.fromEntries(
      OF_THE_KEY.flatMap((key) =>
        args.encryption?.[key] === undefined ? [] : [[key, args.encryption[key]]],
      ),
    ),
    ...(args.labels && args.encryption?.existingKeyName === undefined && { labels: args.labels }),
    ...withoutUndefined({ disposable: args.disposable }),
  };
}

/** Arguments of another key: as the platform's key, except for names. */
function furtherKey(args: ComponentArguments, location: string, existingKeyName: string | undefined) {
  const { rotationPeriodDays, protectionLevel } = args.encryption ?? {};
  return {
    placement: args.placement,
    projectId: args.projectId,
    ...withoutUndefined({ projectNumber: args.projectNumber, disposable: args.disposable }),
    ...(existingKeyName !== undefined
      ? { existingKeyName }
      : {
          location,
          ...withoutUndefined({ rotationPeriodDays, protectionLevel, labels: args.labels }),
        }),
  };
}

/** By region, the arguments of the keys that encrypt secrets. */
export function secretKeyArguments(args: ComponentArguments): Readonly<Record<string, EncryptionArgs>> {
  const secrets = args.encryption?.secrets;
  if (secrets === undefined) return {};
  return Object.fromEntries(
    args.placement.regions.map((region) => [
      region,
      {
        ...furtherKey(args, region, secrets.existingKeyNames?.[region]),
        services: [EncryptedService.SecretManager],
      },
    ]),
  );
}

/** The arguments of the key that encrypts the audit trail's log bucket, where there is to be one. */
export function logKeyArguments(args: ComponentArguments): EncryptionArgs | undefined {
  const wanted = args.encryption?.auditLogBucket;
  if (wanted === undefined) return undefined;
  return {
    ...furtherKey(args, logBucketLocation(args) ?? "global", undefined),
    services: [EncryptedService.Logging],
    ...withoutUndefined({ loggingServiceAccount: wanted.loggingServiceAccount }),
  };
}

/** Location of the audit trail's log bucket, if there is one. */
export function logBucketLocation({ audit, placement }: ComponentArguments): string | undefined {
  const logBucket = audit && destinationsOf(audit).logBucket;
  return logBucket && (logBucket.location ?? logLocationOf(placement));
}

/** The audit trail's destinations, each with the key that is meant for it. */
export function auditDestinations(
  { audit, encryption }: ComponentArguments,
  keys: {
    readonly bucket: pulumi.Input<string> | undefined;
    readonly logs: pulumi.Input<string> | undefined;
  },
): AuditDestinations | undefined {
  if (encryption === undefined || audit === undefined) return audit?.destinations;
  const { logBucket, archiveBucket, ...others } = destinationsOf(audit);
  // The platform's own key is where its bucket is; an archive bucket elsewhere brings its own.
  const fits = archiveBucket?.placement === undefined;
  return {
    ...others,
    ...(logBucket && {
      logBucket: { ...withoutUndefined({ kmsKeyName: keys.logs }), ...logBucket },
    }),
    ...(archiveBucket && {
      archiveBucket: {
        ...(fits && keys.bucket !== undefined && { kmsKeyName: keys.bucket }),
        ...archiveBucket,
      },
    }),
  };
}
