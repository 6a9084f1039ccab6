import { projectId, projectNumber } from "../local-cloud.ts";
import type { Example } from "./example.ts";

/** Audit logs, their sinks and alerts, in the order of their dependencies. */
export const auditExamples: Example[] = [
  {
    type: "gcp:projects/iAMAuditConfig:IAMAuditConfig",
    inputs: {
      project: projectId,
      service: "storage.googleapis.com",
      auditLogConfigs: [
        { logType: "DATA_READ", exemptedMembers: ["user:backup@example.com"] },
        { logType: "DATA_WRITE" },
      ],
    },
    update: { auditLogConfigs: [{ logType: "DATA_WRITE" }] },
    id: `${projectId}/audit_config/storage.googleapis.com`,
    outputs: {},
  },
  {
    type: "gcp:logging/projectBucketConfig:ProjectBucketConfig",
    inputs: {
      project: projectId,
      location: "us-central1",
      bucketId: "audit",
      retentionDays: 400,
      enableAnalytics: true,
    },
    update: { retentionDays: 800, description: "Audit logs" },
    id: `projects/${projectId}/locations/us-central1/buckets/audit`,
    outputs: {
      name: `projects/${projectId}/locations/us-central1/buckets/audit`,
      lifecycleState: "ACTIVE",
    },
  },
  {
    type: "gcp:logging/projectSink:ProjectSink",
    inputs: {
      name: "audit",
      destination: "storage.googleapis.com/mpegflow-media",
      filter: 'resource.type="gcs_bucket"',
      exclusions: [{ name: "lists", filter: 'protoPayload.methodName="storage.objects.list"' }],
    },
    update: { filter: 'resource.type="service_account"', disabled: true },
    id: `projects/${projectId}/sinks/audit`,
    outputs: {
      writerIdentity: `serviceAccount:service-${projectNumber}@gcp-sa-logging.iam.gserviceaccount.com`,
      uniqueWriterIdentity: true,
      project: projectId,
    },
  },
  {
    type: "gcp:logging/metric:Metric",
    inputs: {
      name: "signing",
      filter: 'protoPayload.methodName="SignBlob"',
      metricDescriptor: {
        metricKind: "DELTA",
        valueType: "INT64",
        labels: [{ key: "principal" }],
      },
      labelExtractors: { principal: "EXTRACT(protoPayload.authenticationInfo.principalEmail)" },
    },
    update: { description: "Signatures" },
    id: "signing",
    outputs: { project: projectId },
  },
  {
    type: "gcp:monitoring/notificationChannel:NotificationChannel",
    inputs: { type: "email", displayName: "On call", labels: { email_address: "on-call@example.com" } },
    update: { description: "The video team" },
    id: new RegExp(`^projects/${projectId}/notificationChannels/\\d+$`),
    outputs: { project: projectId, enabled: true },
  },
  {
    type: "gcp:monitoring/alertPolicy:AlertPolicy",
    inputs: {
      displayName: "Sinks changed",
      combiner: "OR",
      conditions: [
        {
          displayName: "An entry appeared",
          conditionMatchedLog: { filter: 'protoPayload.methodName:"Sink"' },
        },
      ],
      alertStrategy: { notificationRateLimit: { period: "300s" }, autoClose: "1800s" },
      documentation: { content: "Read the runbook." },
      notificationChannels: [`projects/${projectId}/notificationChannels/1`],
    },
    update: { severity: "CRITICAL", userLabels: { team: "video" } },
    id: new RegExp(`^projects/${projectId}/alertPolicies/\\d+$`),
    outputs: { enabled: true, project: projectId },
  },
];
