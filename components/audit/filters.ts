import { all, any, equals, exists, inNetwork, literally, matches, not } from "./query.ts";

/** What the filters match; all values are known. */
export interface AuditedPlatform {
  readonly projectId: string;
  /** Names of the platform's buckets. */
  readonly buckets: readonly string[];
  /** E-mail addresses of the accounts in whose name URLs are signed. */
  readonly signers: readonly string[];
  /** Ids of the secrets that hold signing keys. */
  readonly secrets: readonly string[];
}

const SERVICE = "protoPayload.serviceName";
const METHOD = "protoPayload.methodName";
const PERMISSION = "protoPayload.authorizationInfo.permission";
const PRINCIPAL = "protoPayload.authenticationInfo.principalEmail";
const SUBJECT = "protoPayload.authenticationInfo.principalSubject";
const CALLER = "protoPayload.requestMetadata.callerIp";

/** `google.rpc.Code.PERMISSION_DENIED`, which Cloud Storage answers as 403. */
const PERMISSION_DENIED = 7;

/** Source: https://docs.cloud.google.com/logging/docs/audit#types */
const AUDIT_LOGS = ["activity", "data_access", "system_event", "policy"] as const;
type AuditLog = (typeof AUDIT_LOGS)[number];

/** Source: https://docs.cloud.google.com/storage/docs/access-control/iam-permissions */
const HMAC_CHANGES = [
  "storage.hmacKeys.create",
  "storage.hmacKeys.update",
  "storage.hmacKeys.delete",
] as const;

/** Source: https://docs.cloud.google.com/logging/docs/audit-logging, https://docs.cloud.google.com/monitoring/audit-logging */
const TRAIL_CHANGES = [
  ...["CreateSink", "UpdateSink", "DeleteSink"].map((name) => `google.logging.v2.ConfigServiceV2.${name}`),
  ...["CreateExclusion", "UpdateExclusion", "DeleteExclusion"].map(
    (name) => `google.logging.v2.ConfigServiceV2.${name}`,
  ),
  ...["UpdateBucket", "UpdateBucketAsync", "DeleteBucket"].map(
    (name) => `google.logging.v2.ConfigServiceV2.${name}`,
  ),
  ...["UpdateLogMetric", "DeleteLogMetric"].map((name) => `google.logging.v2.MetricsServiceV2.${name}`),
  ...["UpdateAlertPolicy", "DeleteAlertPolicy"].map(
    (name) => `google.monitoring.v3.AlertPolicyService.${name}`,
  ),
];

const BUCKET_CHANGES = [
  "storage.setIamPermissions",
  "storage.buckets.update",
  "storage.buckets.delete",
] as const;

/** Source: https://docs.cloud.google.com/iam/docs/audit-logging */
const SIGNER_CHANGES = [
  "SetIAMPolicy",
  "CreateServiceAccountKey",
  "UploadServiceAccountKey",
  "DisableServiceAccount",
  "DeleteServiceAccount",
].map((name) => `google.iam.admin.v1.${name}`);

const inLogs = ({ projectId }: AuditedPlatform, ...logs: readonly AuditLog[]): string =>
  equals("logName", ...logs.map((log) => `projects/${projectId}/logs/cloudaudit.googleapis.com%2F${log}`));

const onBuckets = ({ buckets }: AuditedPlatform): string =>
  all(equals("resource.type", "gcs_bucket"), equals("resource.labels.bucket_name", ...buckets));

const onSigners = ({ signers }: AuditedPlatform): string =>
  all(equals("resource.type", "service_account"), equals("resource.labels.email_id", ...signers));

/** Secrets are named with the project's id or its number, so the project is left open. */
const onSecrets = ({ secrets }: AuditedPlatform): string[] =>
  secrets.length === 0
    ? []
    : [
        all(
          equals(SERVICE, "secretmanager.googleapis.com"),
          matches("protoPayload.resourceName", `/secrets/(${secrets.map(literally).join("|")})(/|$)`),
        ),
      ];

/** By permission, since Google documents the permissions of these methods but not how the log names the methods. */
const hmacKeyAdministration = all(
  equals(SERVICE, "storage.googleapis.com"),
  equals(PERMISSION, ...HMAC_CHANGES),
);

const trailAdministration = any(
  equals(METHOD, ...TRAIL_CHANGES),
  // A change of which Data Access logs are written. The CIS benchmark for Google Cloud, 2.5, asks for the same.
  all(equals(METHOD, "SetIamPolicy"), exists("protoPayload.serviceData.policyDelta.auditConfigDeltas")),
);

/** Everything that concerns the platform: what its sinks keep. */
export function platformFilter(platform: AuditedPlatform): string {
  return all(
    inLogs(platform, ...AUDIT_LOGS),
    any(
      onBuckets(platform),
      onSigners(platform),
      equals(PRINCIPAL, ...platform.signers),
      ...onSecrets(platform),
      hmacKeyAdministration,
      trailAdministration,
    ),
  );
}

/** Signatures asked of `signBlob` in a signer's name. None where HMAC keys sign: that happens inside the coordinator. */
export function signaturesFilter(platform: AuditedPlatform): string {
  return all(
    inLogs(platform, "data_access"),
    equals(SERVICE, "iamcredentials.googleapis.com"),
    equals(METHOD, "SignBlob"),
    onSigners(platform),
  );
}

/** Requests in a signer's name that Cloud Storage refused for want of a permission. */
export function deniedFilter(platform: AuditedPlatform): string {
  return all(
    inLogs(platform, "data_access"),
    onBuckets(platform),
    equals(PRINCIPAL, ...platform.signers),
    equals("protoPayload.status.code", PERMISSION_DENIED),
  );
}

/**
 * Requests in a signer's name from outside the networks given. What is written instead of an address
 * (`gce-internal-ip`, of a machine in another organisation) is in no network, and counts.
 *
 * Source: https://docs.cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog#RequestMetadata
 */
export function untrustedAddressFilter(platform: AuditedPlatform, trustedRanges: readonly string[]): string {
  return all(
    inLogs(platform, "data_access"),
    onBuckets(platform),
    equals(PRINCIPAL, ...platform.signers),
    exists(CALLER),
    not(any(...trustedRanges.map((range) => inNetwork(CALLER, range)))),
  );
}

/**
 * Signing by any identity other than the coordinators: a signature or token in a signer's name, or access to a signing
 * key.
 *
 * @param coordinators IAM members
 */
export function foreignSigningFilter(platform: AuditedPlatform, coordinators: readonly string[]): string {
  const federated = coordinators.filter((member) => member.startsWith("principal://"));
  const accounts = coordinators
    .filter((member) => !federated.includes(member))
    .map((member) => member.slice(member.indexOf(":") + 1));
  return all(
    inLogs(platform, "data_access"),
    any(
      all(equals(SERVICE, "iamcredentials.googleapis.com"), onSigners(platform)),
      ...onSecrets(platform).map((secrets) =>
        all(
          equals(METHOD, "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion"),
          secrets,
        ),
      ),
    ),
    not(
      any(
        ...(federated.length > 0 ? [equals(SUBJECT, ...federated)] : []),
        ...(accounts.length > 0 ? [equals(PRINCIPAL, ...accounts)] : []),
      ),
    ),
  );
}

/** Creation, activation, deactivation or deletion of an HMAC key of the project, including failed attempts. */
export function hmacKeyFilter(platform: AuditedPlatform): string {
  return all(inLogs(platform, "activity"), hmacKeyAdministration);
}

/** Sinks, exclusions, log buckets, metrics, alert policies or audit configurations changed. */
export function trailChangeFilter(platform: AuditedPlatform): string {
  return all(inLogs(platform, "activity"), trailAdministration);
}

/** A change of the permissions on buckets or signers, or of the buckets' protection. */
export function accessChangeFilter(platform: AuditedPlatform): string {
  return all(
    inLogs(platform, "activity"),
    any(
      all(onBuckets(platform), equals(METHOD, ...BUCKET_CHANGES)),
      all(onSigners(platform), equals(METHOD, ...SIGNER_CHANGES)),
    ),
  );
}
