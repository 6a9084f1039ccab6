/**
 * Audit log entries, in the shape that Google documents for each service.
 *
 * Sources: https://docs.cloud.google.com/logging/docs/audit/understanding-audit-logs,
 * https://docs.cloud.google.com/storage/docs/audit-logging, https://docs.cloud.google.com/iam/docs/audit-logging/examples-service-accounts
 */

export const project = "studio-media";
export const bucket = "studio-masters";
export const signer = "studio-signer@studio-media.iam.gserviceaccount.com";
export const secret = "studio-broker-hmac-a";
export const coordinator =
  "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/studio-media.svc.id.goog/subject/ns/mpegflow/sa/coordinator";

type Entry = Readonly<Record<string, unknown>>;

interface Parts {
  readonly log: "activity" | "data_access" | "system_event" | "policy";
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly payload: Readonly<Record<string, unknown>>;
}

const entry = ({ log, resource, payload }: Parts): Entry => ({
  logName: `projects/${project}/logs/cloudaudit.googleapis.com%2F${log}`,
  insertId: "1x2y3z",
  timestamp: "2026-11-20T10:15:00.123Z",
  severity: "status" in payload ? "ERROR" : log === "activity" ? "NOTICE" : "INFO",
  resource: { ...resource, labels: { project_id: project, ...resource.labels } },
  protoPayload: { "@type": "type.googleapis.com/google.cloud.audit.AuditLog", status: {}, ...payload },
});

interface ObjectRequest {
  readonly method?: string;
  readonly in?: string;
  readonly principal?: string;
  readonly callerIp?: string;
  readonly denied?: boolean;
}

/** A request for an object, as one with a signed URL that names job and attempt. */
export function objectRequest(request: ObjectRequest = {}): Entry {
  const { method = "storage.objects.get", callerIp = "10.4.0.17", denied = false } = request;
  const name = request.in ?? bucket;
  const resourceName = `projects/_/buckets/${name}/objects/inputs/clip.mov`;
  return entry({
    log: "data_access",
    resource: { type: "gcs_bucket", labels: { bucket_name: name, location: "nam4" } },
    payload: {
      serviceName: "storage.googleapis.com",
      methodName: method,
      resourceName,
      authenticationInfo: { principalEmail: request.principal ?? signer },
      authorizationInfo: [{ resource: resourceName, permission: method, granted: !denied }],
      requestMetadata: { callerIp, callerSuppliedUserAgent: "mpegflow-worker" },
      metadata: { audit_context: { audit_info: { "x-goog-custom-audit-job": "job-7" } } },
      ...(denied && { status: { code: 7, message: "Permission denied." } }),
    },
  });
}

/** A call of the Service Account Credentials API. */
export function credentialCall({
  method = "SignBlob",
  account = signer,
  caller = { principalSubject: coordinator },
}: {
  readonly method?: string;
  readonly account?: string;
  readonly caller?: Readonly<Record<string, string>>;
} = {}): Entry {
  return entry({
    log: "data_access",
    resource: {
      type: "service_account",
      labels: { email_id: account, unique_id: "104000000000000000001" },
    },
    payload: {
      serviceName: "iamcredentials.googleapis.com",
      methodName: method,
      resourceName: "projects/-/serviceAccounts/104000000000000000001",
      authenticationInfo: caller,
      authorizationInfo: [{ permission: "iam.serviceAccounts.signBlob", granted: true }],
      requestMetadata: { callerIp: "10.4.0.5" },
    },
  });
}

export function secretAccess({
  name = secret,
  caller = { principalSubject: coordinator },
}: { readonly name?: string; readonly caller?: Readonly<Record<string, string>> } = {}): Entry {
  return entry({
    log: "data_access",
    resource: {
      type: "audited_resource",
      labels: { service: "secretmanager.googleapis.com", method: "AccessSecretVersion" },
    },
    payload: {
      serviceName: "secretmanager.googleapis.com",
      methodName: "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion",
      resourceName: `projects/123456789012/secrets/${name}/versions/1`,
      authenticationInfo: caller,
      authorizationInfo: [{ permission: "secretmanager.versions.access", granted: true }],
      requestMetadata: { callerIp: "10.4.0.5" },
    },
  });
}

export function hmacKeyCall(permission: string): Entry {
  const isRead = /\.(get|list)$/.test(permission);
  return entry({
    log: isRead ? "data_access" : "activity",
    resource: { type: "gcs_bucket", labels: { bucket_name: "", location: "global" } },
    payload: {
      serviceName: "storage.googleapis.com",
      methodName: permission,
      resourceName: `projects/${project}`,
      authenticationInfo: { principalEmail: "deployer@example.com" },
      authorizationInfo: [{ resource: `projects/${project}`, permission, granted: true }],
      requestMetadata: { callerIp: "203.0.113.9" },
    },
  });
}

export function bucketAdministration(methodName: string, name = bucket): Entry {
  return entry({
    log: "activity",
    resource: { type: "gcs_bucket", labels: { bucket_name: name, location: "nam4" } },
    payload: {
      serviceName: "storage.googleapis.com",
      methodName,
      resourceName: `projects/_/buckets/${name}`,
      authenticationInfo: { principalEmail: "deployer@example.com" },
      authorizationInfo: [{ permission: "storage.buckets.setIamPolicy", granted: true }],
      requestMetadata: { callerIp: "203.0.113.9" },
    },
  });
}

export function accountAdministration(method: string, account = signer): Entry {
  return entry({
    log: "activity",
    resource: { type: "service_account", labels: { email_id: account } },
    payload: {
      serviceName: "iam.googleapis.com",
      methodName: `google.iam.admin.v1.${method}`,
      resourceName: `projects/-/serviceAccounts/${account}`,
      authenticationInfo: { principalEmail: "deployer@example.com" },
    },
  });
}

export function loggingCall(methodName: string): Entry {
  return entry({
    log: "activity",
    resource: { type: "logging_sink", labels: { name: "audit-archive", destination: "" } },
    payload: {
      serviceName: methodName.startsWith("google.monitoring")
        ? "monitoring.googleapis.com"
        : "logging.googleapis.com",
      methodName,
      resourceName: `projects/${project}/sinks/audit-archive`,
      authenticationInfo: { principalEmail: "admin@example.com" },
    },
  });
}

/** A change of the project's IAM policy. */
export function projectPolicyChange(policyDelta: Readonly<Record<string, unknown>>): Entry {
  return entry({
    log: "activity",
    resource: { type: "project", labels: {} },
    payload: {
      serviceName: "cloudresourcemanager.googleapis.com",
      methodName: "SetIamPolicy",
      resourceName: `projects/${project}`,
      authenticationInfo: { principalEmail: "admin@example.com" },
      serviceData: { "@type": "type.googleapis.com/google.iam.v1.logging.AuditData", policyDelta },
    },
  });
}

/** Somebody else's business in the same project. */
export const foreignEntry: Entry = entry({
  log: "activity",
  resource: { type: "gce_instance", labels: { instance_id: "42", zone: "us-central1-a" } },
  payload: {
    serviceName: "compute.googleapis.com",
    methodName: "v1.compute.instances.insert",
    authenticationInfo: { principalEmail: "deployer@example.com" },
  },
});
