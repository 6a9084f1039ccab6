import { z } from "zod";
import { CdnPreset, DeliveryAccess, KeyProtectionLevel } from "../../components/index.ts";
import { LONGEST_SECONDS } from "../../components/delivery/caching.ts";
import { count, json, object, setting, text, texts, yes, regionName } from "../codecs.ts";

/** A time that the component holds to the same limits. */
const seconds = (max: number) => {
  const error = `a whole number from 0 to ${max}`;
  return z.int({ error }).min(0, { error }).max(max, { error }).exactOptional();
};
const kmsKeyName = text("projects/P/locations/L/keyRings/R/cryptoKeys/K").exactOptional();
const kept = {
  retentionDays: count.exactOptional(),
  kmsKeyName,
};
const locked = { locked: yes.exactOptional(), confirmLock: text("the name of the trail").exactOptional() };

/** Keys of what guards a platform: its encryption key and its audit trail. */
export const PROTECTION_SETTINGS = {
  encryption: setting(
    {
      type: "object",
      meaning:
        "A key of the platform's own for bucket, topics and the audit trail's archive bucket; `{}` for the defaults. With `secrets: {}` also keys for secrets, one in each region; with `auditLogBucket: {}` one for the audit trail's log bucket. What is there already takes a new key in place.",
      allowed:
        "an object with rotationPeriodDays, protectionLevel, keyRingName, keyName, existingKeyName, secrets, auditLogBucket",
      default: "keys that Google manages",
      example: "{ rotationPeriodDays: 90 }",
      effect: {
        kind: "adds or removes",
        of: ["CryptoKey", "CryptoKeyIAMMember", "KeyRing", "ServiceIdentity"],
      },
    },
    json(
      object({
        rotationPeriodDays: count.exactOptional(),
        protectionLevel: z
          .enum(KeyProtectionLevel, { error: Object.values(KeyProtectionLevel).join(" or ") })
          .exactOptional(),
        keyRingName: text("letters, digits, _ and -").exactOptional(),
        keyName: text("letters, digits, _ and -").exactOptional(),
        existingKeyName: kmsKeyName,
        secrets: object({
          existingKeyNames: z
            .record(regionName, text("projects/P/locations/REGION/keyRings/R/cryptoKeys/K"))
            .exactOptional(),
        }).exactOptional(),
        auditLogBucket: object({
          loggingServiceAccount: text("the e-mail address of a service account").exactOptional(),
        }).exactOptional(),
      }),
    ).optional(),
  ),
  audit: setting(
    {
      type: "object",
      meaning:
        "Who did what: Data Access logs, where entries are kept, and alerts; `{}` for a log bucket of 400 days. One stack in a project may manage its Data Access logs.",
      allowed: "an object with manageDataAccessLogs, exemptedMembers, destinations, alerts",
      default: "none",
      example: "{ destinations: { logBucket: {}, archiveBucket: { retentionDays: 365 } } }",
      effect: {
        kind: "adds or removes",
        of: [
          "AlertPolicy",
          "Bucket",
          "BucketIAMMember",
          "Dataset",
          "DatasetIamMember",
          "IAMAuditConfig",
          "Metric",
          "ProjectBucketConfig",
          "ProjectSink",
          "RandomId",
        ],
      },
    },
    json(
      object({
        manageDataAccessLogs: yes.exactOptional(),
        exemptedMembers: texts("user:, serviceAccount: or group: and an address").exactOptional(),
        destinations: object({
          logBucket: object({
            location: text("a region, us, eu or global").exactOptional(),
            analytics: yes.exactOptional(),
            ...kept,
            ...locked,
          }).exactOptional(),
          archiveBucket: object({
            bucketName: text("a bucket name").exactOptional(),
            ...kept,
            ...locked,
          }).exactOptional(),
          bigQuery: object({
            datasetId: text("letters, digits and _").exactOptional(),
            location: text("a region, US or EU").exactOptional(),
            ...kept,
          }).exactOptional(),
        }).exactOptional(),
        alerts: object({
          notificationChannels: texts("projects/P/notificationChannels/ID"),
          windowSeconds: count.exactOptional(),
          signatures: count.exactOptional(),
          deniedRequests: count.exactOptional(),
          trustedRanges: texts("a range of addresses such as 203.0.113.0/24").exactOptional(),
          untrustedRequests: count.exactOptional(),
          notificationIntervalSeconds: count.exactOptional(),
          runbookUrl: text("an address").exactOptional(),
        }).exactOptional(),
      }),
    ).optional(),
  ),
} as const;

/** Keys of what brings the bucket to viewers. */
export const DELIVERY_SETTINGS = {
  delivery: setting(
    {
      type: "object",
      meaning:
        "Cloud CDN in front of the bucket. The stack's outputs have the DNS records to make before certificates can be issued.",
      allowed: "an object with domains, access, signedRequests, servedPrefixes, caching, ipv6",
      default: "none",
      example: "{ domains: [media.example.com], signedRequests: { keys: [{ name: a }] } }",
      effect: {
        kind: "adds or removes",
        of: [
          "BackendBucket",
          "BackendBucketSignedUrlKey",
          "BucketIAMMember",
          "Certificate",
          "CertificateMap",
          "CertificateMapEntry",
          "DnsAuthorization",
          "GlobalAddress",
          "GlobalForwardingRule",
          "RandomBytes",
          "SSLPolicy",
          "Secret",
          "SecretIamMember",
          "SecretVersion",
          "TargetHttpProxy",
          "TargetHttpsProxy",
          "URLMap",
        ],
      },
    },
    json(
      object({
        domains: texts("a domain name in lower case"),
        access: z.enum(DeliveryAccess, { error: Object.values(DeliveryAccess).join(" or ") }).exactOptional(),
        signedRequests: object({
          keys: z.array(object({ name: text("a short name such as a or b") })).exactOptional(),
          activeKey: text("the name of one of the keys").exactOptional(),
        }).exactOptional(),
        servedPrefixes: texts("the beginning of object names, ending in /").exactOptional(),
        caching: object({
          preset: z.enum(CdnPreset, { error: Object.values(CdnPreset).join(" or ") }).exactOptional(),
          playlistSeconds: seconds(LONGEST_SECONDS.cache),
          segmentSeconds: seconds(LONGEST_SECONDS.cache),
          missingSeconds: seconds(LONGEST_SECONDS.missing),
          staleSeconds: seconds(LONGEST_SECONDS.stale),
        }).exactOptional(),
        ipv6: yes.exactOptional(),
      }),
    ).optional(),
  ),
} as const;

/** Keys of what happens around jobs. */
export const EVENT_SETTINGS = {
  webhooks: setting(
    {
      type: "list",
      meaning: "Endpoints that job events are pushed to, each delivery signed by an OIDC token of Google's.",
      allowed:
        "a list of objects with name, endpoint, audience, filter, maxDeliveryAttempts, answerSeconds, wrapper",
      default: "none",
      example: "[{ name: orders, endpoint: 'https://hooks.example.com/mpegflow' }]",
      effect: {
        kind: "adds or removes",
        of: ["Account", "IAMMember", "Subscription", "SubscriptionIAMMember", "Topic", "TopicIAMMember"],
      },
    },
    json(
      z.array(
        object({
          name: text("1 to 40 characters of a-z, 0-9 and -"),
          endpoint: text("an https address"),
          audience: text("the token's aud").exactOptional(),
          filter: text("a filter over the attributes type and job").exactOptional(),
          maxDeliveryAttempts: count.exactOptional(),
          answerSeconds: count.exactOptional(),
          wrapper: yes.exactOptional(),
        }),
      ),
    ).optional(),
  ),
  history: setting(
    {
      type: "object",
      meaning: "Where job events are kept for good: a table of BigQuery, files in a bucket, or both.",
      allowed: "an object with bigQuery, storage",
      default: "nowhere",
      example: "{ bigQuery: { location: US } }",
      effect: {
        kind: "adds or removes",
        of: ["BucketIAMMember", "Dataset", "DatasetIamMember", "Subscription", "Table"],
      },
    },
    json(
      object({
        bigQuery: object({
          location: text("a region or multi-region"),
          datasetId: text("letters, digits and _").exactOptional(),
          deleteAfterDays: count.exactOptional(),
          kmsKeyName,
        }).exactOptional(),
        storage: object({
          bucket: text("the name of an existing bucket"),
          prefix: text("the beginning of names").exactOptional(),
          suffix: text("the end of names").exactOptional(),
          maxDurationSeconds: count.exactOptional(),
          maxBytes: count.exactOptional(),
          format: z.enum(["text", "avro"], { error: "text or avro" }).exactOptional(),
        }).exactOptional(),
      }),
    ).optional(),
  ),
  uploads: setting(
    {
      type: "object",
      meaning: "Uploads to the bucket that start jobs.",
      allowed: "an object with prefix, outputPrefix, suffixes, profile, maxDeliveryAttempts",
      default: "none",
      example: "{ prefix: incoming/, outputPrefix: encoded/, suffixes: [.mp4, .mov] }",
      effect: {
        kind: "adds or removes",
        of: ["Notification", "Subscription", "SubscriptionIAMMember", "Topic", "TopicIAMMember"],
      },
    },
    json(
      object({
        prefix: text("the beginning of object names, ending in /"),
        outputPrefix: text("the beginning of object names, ending in /"),
        suffixes: texts("the end of an object's name").exactOptional(),
        profile: text("an encoding profile").exactOptional(),
        maxDeliveryAttempts: count.exactOptional(),
      }),
    ).optional(),
  ),
} as const;
