import {
  accessChangeFilter,
  deniedFilter,
  foreignSigningFilter,
  hmacKeyFilter,
  signaturesFilter,
  trailChangeFilter,
  untrustedAddressFilter,
  type AuditedPlatform,
} from "./filters.ts";
import type { AlertSettings } from "./settings.ts";

/** What an alert is about, independent of the platform. */
interface AlertText {
  /** Suffix of resource names, and the heading's anchor in the runbook. */
  readonly key: string;
  readonly title: string;
  readonly severity: "CRITICAL" | "ERROR" | "WARNING";
  /** What it means, in one or two sentences. */
  readonly meaning: string;
  /** What to do first. */
  readonly firstStep: string;
}

/** Raised by more than so many entries in a window: a log-based metric and a condition on it. */
export interface CountedAlert extends AlertText {
  readonly filter: (platform: AuditedPlatform) => string;
  /** The monitored resource of the entries. */
  readonly resourceType: "gcs_bucket" | "service_account";
  readonly threshold: number;
}

/** Raised by every entry: a condition on the log itself, whose notification shows who did what. */
export interface SingleAlert extends AlertText {
  /** @param coordinators IAM members */
  readonly filter: (platform: AuditedPlatform, coordinators: readonly string[]) => string;
}

export function countedAlerts(settings: AlertSettings): CountedAlert[] {
  const { deniedRequests, signatures, trustedRanges, untrustedRequests } = settings;
  const untrusted: CountedAlert = {
    key: "untrusted-address",
    title: "signed requests from an unknown address",
    severity: "CRITICAL",
    meaning:
      "The signer's name was used from outside the trusted ranges: a signed URL or an HMAC key is in other hands, or the ranges are incomplete.",
    firstStep:
      "Look up the job that the entries name. A job of yours: extend the ranges. None: revoke the HMAC key.",
    resourceType: "gcs_bucket",
    threshold: untrustedRequests,
    filter: (platform) => untrustedAddressFilter(platform, trustedRanges),
  };
  return [
    {
      key: "signing-spike",
      title: "many signatures by signBlob",
      severity: "WARNING",
      meaning: "More URLs are signed in the signer's name than the platform needs at its usual load.",
      firstStep: "Compare with the number of leases. If jobs do not explain it, see who calls SignBlob.",
      resourceType: "service_account",
      threshold: signatures,
      filter: signaturesFilter,
    },
    {
      key: "denied-requests",
      title: "signed requests denied",
      severity: "WARNING",
      meaning:
        "Cloud Storage refused requests with valid signatures: the signer lacks a permission, or a client requests something that the URL does not allow.",
      firstStep: "See which method was refused. storage.objects.delete means an attempt to overwrite.",
      resourceType: "gcs_bucket",
      threshold: deniedRequests,
      filter: deniedFilter,
    },
    ...(trustedRanges.length > 0 ? [untrusted] : []),
  ];
}

/** @param watchesSigning whether it is known who the coordinators are */
export function singleAlerts(watchesSigning: boolean): SingleAlert[] {
  const foreign: SingleAlert = {
    key: "foreign-signing",
    title: "signing power used by a stranger",
    severity: "CRITICAL",
    meaning:
      "An identity other than the coordinators signed or got a token in the signer's name, or read a signing key, or tried to.",
    firstStep: "Take away the grant by which it happened, then revoke the HMAC key.",
    filter: foreignSigningFilter,
  };
  return [
    {
      key: "hmac-key",
      title: "HMAC key made or changed",
      severity: "ERROR",
      meaning:
        "An HMAC key of the project was created, activated, deactivated or deleted, or an attempt failed.",
      firstStep: "Expected during a rotation. Otherwise list the keys, and make the unknown one INACTIVE.",
      filter: hmacKeyFilter,
    },
    {
      key: "trail-change",
      title: "audit trail changed",
      severity: "CRITICAL",
      meaning:
        "A sink, an exclusion, a log bucket, a metric, an alert policy or the audit configuration was changed or deleted.",
      firstStep:
        "Expected during a deployment. Otherwise run `pulumi refresh` and then `pulumi up` to restore it.",
      filter: trailChangeFilter,
    },
    {
      key: "access-change",
      title: "access to bucket or signer changed",
      severity: "ERROR",
      meaning:
        "The IAM policy or the settings of a platform bucket changed, or those of a signer, or the signer got a key.",
      firstStep: "Expected during a deployment. Otherwise compare the policy with the stack, and undo it.",
      filter: accessChangeFilter,
    },
    ...(watchesSigning ? [foreign] : []),
  ];
}

/** The markdown that notifications show. */
export function documentationOf({ key, meaning, firstStep }: AlertText, runbookUrl: string): string {
  return `${meaning}\n\n**First step:** ${firstStep}\n\n**Runbook:** ${runbookUrl}#${key}`;
}

/**
 * The condition on a metric, in PromQL. It names the metric by its Prometheus name, and its monitored resource because
 * a log-based metric may have several.
 *
 * Source: https://docs.cloud.google.com/monitoring/promql/promql-mapping
 */
export function countCondition(
  metricName: string,
  { resourceType, threshold }: CountedAlert,
  windowSeconds: number,
): string {
  const name = `logging_googleapis_com:user_${metricName.replaceAll(/\W/g, "_")}`;
  return `sum(increase(${name}{monitored_resource="${resourceType}"}[${windowSeconds}s])) > ${threshold}`;
}
