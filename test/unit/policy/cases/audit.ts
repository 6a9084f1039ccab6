import { outputOf, UNKNOWN } from "../../../../testing/index.ts";
import { any, auditConfig, bucket, sink, type Case } from "./case.ts";

const ALL = [{ logType: "DATA_READ" }, { logType: "DATA_WRITE" }];

export const audit: readonly Case[] = [
  {
    policy: "data-access-is-logged",
    title: "a production stack that logs nothing: once, not for each bucket",
    resources: [
      bucket("media"),
      bucket("other"),
      auditConfig("iam", { service: "iam.googleapis.com", auditLogConfigs: ALL }),
    ],
    found: [
      'Bucket "media" is in a project whose DATA_READ and DATA_WRITE logs this stack does not turn on.',
    ],
  },
  {
    policy: "data-access-is-logged",
    title: "one that exempts somebody",
    config: { exemptedMembers: ["user:robot@example.com"] },
    resources: [
      bucket(),
      auditConfig("storage", {
        service: "storage.googleapis.com",
        auditLogConfigs: [
          { logType: "DATA_READ", exemptedMembers: ["user:me@example.com", "user:robot@example.com"] },
          { logType: "DATA_WRITE" },
        ],
      }),
    ],
    found: ['Bucket "media" is not logged for user:me@example.com.'],
  },
  {
    policy: "data-access-is-logged",
    title: "one whose organization logs reads, and whose project's whole policy logs writes",
    resources: [
      bucket(),
      any("gcp:organizations/iamAuditConfig:IamAuditConfig")("reads", {
        service: "allServices",
        auditLogConfigs: [ALL[0]],
      }),
      any("gcp:projects/iAMPolicy:IAMPolicy")("writes", {
        policyData: JSON.stringify({
          bindings: [],
          auditConfigs: [{ service: "storage.googleapis.com", auditLogConfigs: [ALL[1]] }],
        }),
      }),
    ],
    found: [],
  },
  {
    policy: "data-access-is-logged",
    title: "one that logs reads and writes, by two resources",
    resources: [
      bucket(),
      auditConfig("reads", { service: "storage.googleapis.com", auditLogConfigs: [ALL[0]] }),
      auditConfig("writes", { service: "allServices", auditLogConfigs: [ALL[1]] }),
    ],
    found: [],
  },
  {
    policy: "data-access-is-logged",
    title: "a stack that is none of production's",
    stack: "dev",
    resources: [bucket()],
    found: [],
  },
  {
    policy: "audit-archives-are-locked",
    title: "an archive whose retention can be shortened",
    resources: [
      bucket("archive", { retentionPolicy: { retentionPeriod: 31536000 } }),
      sink("audit", { destination: "storage.googleapis.com/archive" }),
    ],
    found: ['ProjectSink "audit" writes to the bucket archive, whose retention is not locked.'],
  },
  {
    policy: "audit-archives-are-locked",
    title: "the same, while its name is not known",
    resources: [
      bucket("archive", { name: UNKNOWN.string }),
      sink("audit", { destination: outputOf("gcp:storage/bucket:Bucket::archive") }),
    ],
    found: ['ProjectSink "audit" writes to the bucket archive, whose retention is not locked.'],
  },
  {
    policy: "audit-archives-are-locked",
    title: "a locked archive, one of another stack, and other destinations",
    resources: [
      bucket("archive", { retentionPolicy: { retentionPeriod: 31536000, isLocked: true } }),
      sink("audit", { destination: "storage.googleapis.com/archive" }),
      sink("foreign", { destination: "storage.googleapis.com/elsewhere" }),
      bucket("dataset"),
      sink("table", { destination: "bigquery.googleapis.com/projects/p/datasets/dataset" }),
    ],
    found: [],
  },
  {
    policy: "audit-archives-are-locked",
    title: "an archive of staging",
    stack: "staging",
    resources: [bucket("archive"), sink("audit", { destination: "storage.googleapis.com/archive" })],
    found: [],
  },
];
