import { beforeEach, describe, expect, test } from "vitest";
import { AuditTrail, predefined, region, type AuditTrailArgs } from "../../../components/index.ts";
import { recordPulumi, valueOf, type RecordedResource, type Recorder } from "../pulumi-mocks.ts";
import * as entries from "./entries.ts";
import { matchesFilter } from "./logging-query.ts";

const SINK = "gcp:logging/projectSink:ProjectSink";
const LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig";
const BUCKET = "gcp:storage/bucket:Bucket";
const BUCKET_GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember";
const DATASET = "gcp:bigquery/dataset:Dataset";
const DATASET_GRANT = "gcp:bigquery/datasetIamMember:DatasetIamMember";
const PROJECT_GRANT = "gcp:projects/iAMMember:IAMMember";
const AUDIT_CONFIG = "gcp:projects/iAMAuditConfig:IAMAuditConfig";
const METRIC = "gcp:logging/metric:Metric";
const POLICY = "gcp:monitoring/alertPolicy:AlertPolicy";

const writer = "serviceAccount:service-123456789012@gcp-sa-logging.iam.gserviceaccount.com";
const channel = "projects/studio-media/notificationChannels/1";
const good: AuditTrailArgs = {
  projectId: entries.project,
  placement: predefined("NAM4"),
  bucketNames: [entries.bucket],
  signerEmails: [entries.signer],
};
const everywhere = { logBucket: {}, archiveBucket: {}, bigQuery: {} };

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi({
    outputs: ({ type, name, inputs }) => ({
      ...(type === SINK && { writerIdentity: writer, name }),
      ...(type === BUCKET && { url: `gs://${name}` }),
      ...(type === POLICY && { name: `${entries.project}/alertPolicies/${name}` }),
      ...(type.endsWith(":RandomId") && { hex: `${(inputs as { prefix: string }).prefix}0a1b2c3d` }),
    }),
  });
});

async function trail(args: Partial<AuditTrailArgs> = {}): Promise<AuditTrail> {
  const made = new AuditTrail("studio-audit", { ...good, ...args });
  await program.settled();
  return made;
}

describe("Data Access logs", () => {
  const configs = () =>
    Object.fromEntries(
      program
        .ofType(AUDIT_CONFIG)
        .map(({ inputs }) => [String(inputs["service"]), inputs["auditLogConfigs"]]),
    );

  test("of storage, and of IAM, under which signBlob is configured", async () => {
    await trail();
    expect(configs()).toEqual({
      "storage.googleapis.com": [{ logType: "DATA_READ" }, { logType: "DATA_WRITE" }],
      "iam.googleapis.com": [{ logType: "ADMIN_READ" }],
    });
  });

  test("of Secret Manager too, where it holds signing keys", async () => {
    await trail({ signerSecrets: [`projects/p/secrets/${entries.secret}/versions/latest`] });
    expect(configs()).toMatchObject({ "secretmanager.googleapis.com": [{ logType: "DATA_READ" }] });
  });

  test("exempt whom the user names, for storage alone", async () => {
    await trail({ exemptedMembers: ["group:backup@example.com"] });
    const exemptedMembers = ["group:backup@example.com"];
    expect(configs()).toEqual({
      "storage.googleapis.com": [
        { logType: "DATA_READ", exemptedMembers },
        { logType: "DATA_WRITE", exemptedMembers },
      ],
      "iam.googleapis.com": [{ logType: "ADMIN_READ" }],
    });
  });

  test("are left alone when another stack says which", async () => {
    await trail({ manageDataAccessLogs: false });
    expect(configs()).toEqual({});
  });
});

describe("The filter", () => {
  test("is an output, and that of every sink", async () => {
    const { filter } = await trail({ destinations: everywhere });
    const text = await valueOf(filter);
    expect(program.ofType(SINK).map(({ inputs }) => inputs["filter"])).toEqual([text, text, text]);
    expect(matchesFilter(text, entries.objectRequest())).toBe(true);
    expect(matchesFilter(text, entries.foreignEntry)).toBe(false);
  });

  test("knows a secret by the name of its version", async () => {
    const { filter } = await trail({
      signerSecrets: [`projects/p/secrets/${entries.secret}/versions/latest`],
    });
    expect(matchesFilter(await valueOf(filter), entries.secretAccess())).toBe(true);
  });

  test("names an account once that signs for two purposes", async () => {
    const once = await valueOf((await trail()).filter);
    const { filter } = new AuditTrail("other", { ...good, signerEmails: [entries.signer, entries.signer] });
    expect(await valueOf(filter)).toBe(once);
    await program.settled();
  });

  test("leaves out what the user excludes", async () => {
    const exclusions = [{ name: "lists", filter: 'protoPayload.methodName="storage.objects.list"' }];
    await trail({ exclusions });
    expect(program.only(SINK).inputs["exclusions"]).toEqual(exclusions);
  });
});

describe("Without a choice of destinations", () => {
  test("entries go to a log bucket in the first region, for as long as Google keeps its own", async () => {
    const { logBucket } = await trail();
    expect(program.only(LOG_BUCKET).inputs).toMatchObject({
      project: entries.project,
      location: "us-central1",
      bucketId: "studio-audit-0a1b2c3d",
      retentionDays: 400,
    });
    const path = `projects/${entries.project}/locations/us-central1/buckets/studio-audit-0a1b2c3d`;
    expect(program.only(SINK).inputs).toMatchObject({
      destination: `logging.googleapis.com/${path}`,
      uniqueWriterIdentity: true,
    });
    expect(await valueOf(logBucket)).toBe(path);
  });

  test("no grant is made, because the sink of a log bucket in its own project has no writer", async () => {
    await trail();
    expect(program.resources.filter(({ type }) => /IAMMember|IamMember/.test(type))).toEqual([]);
  });
});

describe("A log bucket", () => {
  test("takes what the user says", async () => {
    const kmsKeyName = "projects/studio-media/locations/global/keyRings/audit/cryptoKeys/logs";
    await trail({
      destinations: {
        logBucket: {
          location: "global",
          bucketId: "audit",
          retentionDays: 3650,
          locked: true,
          confirmLock: "studio-audit",
          analytics: true,
          kmsKeyName,
        },
      },
    });
    expect(program.only(LOG_BUCKET).inputs).toMatchObject({
      location: "global",
      bucketId: "audit",
      retentionDays: 3650,
      locked: true,
      enableAnalytics: true,
      cmekSettings: { kmsKeyName },
    });
  });

  test("in another project lets the writer into this bucket and no other", async () => {
    await trail({ destinations: { logBucket: { projectId: "studio-audits", bucketId: "video" } } });
    expect(program.only(PROJECT_GRANT).inputs).toMatchObject({
      project: "studio-audits",
      role: "roles/logging.bucketWriter",
      member: writer,
      condition: { expression: 'resource.name.endsWith("locations/us-central1/buckets/video")' },
    });
    expect(program.only(LOG_BUCKET).inputs["project"]).toBe("studio-audits");
    expect(program.only(SINK).inputs["project"]).toBe(entries.project);
  });
});

describe("An archive bucket", () => {
  test("is a bucket of the trail's placement that its writer, and nobody else, adds to", async () => {
    const { archiveBucket } = await trail({ destinations: { archiveBucket: {} } });
    expect(program.only(BUCKET).inputs).toMatchObject({
      location: "NAM4",
      publicAccessPrevention: "enforced",
    });
    expect(program.only(SINK).inputs["destination"]).toBe("storage.googleapis.com/studio-audit-archive");
    expect(program.only(BUCKET_GRANT).inputs).toEqual({
      bucket: "studio-audit-archive",
      role: "roles/storage.objectCreator",
      member: writer,
    });
    expect(await valueOf(archiveBucket)).toBe("studio-audit-archive");
  });

  test("keeps every file for a year, unlocked", async () => {
    await trail({ destinations: { archiveBucket: {} } });
    expect(program.only(BUCKET).inputs["retentionPolicy"]).toEqual({ retentionPeriod: "31536000" });
  });

  test("is locked for as long as the user says", async () => {
    await trail({
      destinations: { archiveBucket: { retentionDays: 2555, locked: true, confirmLock: "studio-audit" } },
    });
    expect(program.only(BUCKET).inputs["retentionPolicy"]).toEqual({
      retentionPeriod: "220752000",
      isLocked: true,
    });
  });

  test("keeps nothing from deletion in a disposable trail", async () => {
    await trail({ destinations: { archiveBucket: {} }, disposable: true });
    expect(program.only(BUCKET).inputs).not.toHaveProperty("retentionPolicy");
  });
});

describe("A dataset", () => {
  test("holds partitioned tables where the bucket is, and lets the writer in", async () => {
    const { dataset } = await trail({ destinations: { bigQuery: { retentionDays: 2 } } });
    expect(program.only(DATASET).inputs).toMatchObject({
      datasetId: "studio_audit",
      location: "us-central1",
      defaultPartitionExpirationMs: 172_800_000,
    });
    expect(program.only(SINK).inputs).toMatchObject({
      destination: `bigquery.googleapis.com/projects/${entries.project}/datasets/studio_audit`,
      bigqueryOptions: { usePartitionedTables: true },
    });
    expect(program.only(DATASET_GRANT).inputs).toMatchObject({
      datasetId: "studio_audit",
      role: "roles/bigquery.dataEditor",
      member: writer,
    });
    expect(await valueOf(dataset)).toBe(`projects/${entries.project}/datasets/studio_audit`);
  });

  test("is in the only region of a placement with one", async () => {
    await trail({ placement: region("europe-west1"), destinations: { bigQuery: {} } });
    expect(program.only(DATASET).inputs["location"]).toBe("europe-west1");
  });
});

describe("Deletion", () => {
  const kept = (type: string): unknown[] =>
    program.ofType(type).map(({ protect, inputs }) => [protect, inputs["deletionPolicy"]]);
  const holding = [LOG_BUCKET, BUCKET, DATASET];

  test("of what holds entries, and of the sinks, is refused", async () => {
    await trail({ destinations: everywhere });
    for (const type of holding) expect(kept(type)).toEqual([[true, "PREVENT"]]);
    expect(kept(SINK)).toEqual([true, true, true].map((protect) => [protect, "PREVENT"]));
  });

  test("is possible in a disposable trail", async () => {
    await trail({ destinations: everywhere, disposable: true });
    for (const type of holding) expect(kept(type)).toEqual([[false, "DELETE"]]);
    expect(kept(SINK)).toEqual([false, false, false].map((protect) => [protect, "DELETE"]));
    expect(program.only(DATASET).inputs["deleteContentsOnDestroy"]).toBe(true);
  });
});

describe("Alerts", () => {
  const alerts = { notificationChannels: [channel] };
  const policyOf = (key: string): RecordedResource => program.only(POLICY, `studio-audit-${key}`);
  const conditionOf = (key: string) => (policyOf(key).inputs["conditions"] as Record<string, unknown>[])[0];
  const filterOf = (key: string): string => {
    const condition = conditionOf(key)?.["conditionMatchedLog"] as { filter: string } | undefined;
    return condition?.filter ?? String(program.only(METRIC, `studio-audit-${key}`).inputs["filter"]);
  };

  test("are none unless asked for", async () => {
    const { alertPolicies } = await trail();
    expect([...program.ofType(METRIC), ...program.ofType(POLICY)]).toEqual([]);
    expect(await valueOf(alertPolicies)).toEqual({});
  });

  test("are those for which enough is known", async () => {
    const { alertPolicies } = await trail({ alerts });
    expect(Object.keys(await valueOf(alertPolicies))).toEqual([
      "signing-spike",
      "denied-requests",
      "hmac-key",
      "trail-change",
      "access-change",
    ]);
  });

  test("are all with networks and coordinators", async () => {
    const { alertPolicies } = await trail({
      alerts: { ...alerts, trustedRanges: ["10.0.0.0/8"] },
      coordinatorPrincipals: [entries.coordinator],
    });
    expect(Object.keys(await valueOf(alertPolicies))).toEqual(
      expect.arrayContaining(["untrusted-address", "foreign-signing"]),
    );
    expect(
      matchesFilter(filterOf("untrusted-address"), entries.objectRequest({ callerIp: "203.0.113.9" })),
    ).toBe(true);
    expect(matchesFilter(filterOf("foreign-signing"), entries.credentialCall())).toBe(false);
  });

  test("reach the channels and name their chapter of the runbook", async () => {
    await trail({
      alerts: { ...alerts, runbookUrl: "https://wiki.example.com/audit" },
      labels: { team: "video" },
    });
    expect(policyOf("hmac-key").inputs).toMatchObject({
      displayName: "studio-audit: HMAC key made or changed",
      notificationChannels: [channel],
      severity: "ERROR",
      userLabels: { team: "video" },
      documentation: {
        mimeType: "text/markdown",
        content: expect.stringContaining("https://wiki.example.com/audit#hmac-key") as string,
      },
    });
  });

  test("of single entries are raised by the log, at most once in an interval, and say who and what", async () => {
    await trail({ alerts: { ...alerts, notificationIntervalSeconds: 3600 } });
    expect(policyOf("trail-change").inputs["alertStrategy"]).toEqual({
      notificationRateLimit: { period: "3600s" },
    });
    expect(conditionOf("trail-change")).toMatchObject({
      conditionMatchedLog: {
        labelExtractors: {
          method: "EXTRACT(protoPayload.methodName)",
          principal: "EXTRACT(protoPayload.authenticationInfo.principalEmail)",
        },
      },
    });
  });

  test("of many entries are raised by a metric, which may be younger than the policy", async () => {
    await trail({ alerts: { ...alerts, deniedRequests: 3, windowSeconds: 600 } });
    expect(program.only(METRIC, "studio-audit-denied-requests").inputs).toMatchObject({
      metricDescriptor: { metricKind: "DELTA", valueType: "INT64", unit: "1" },
    });
    expect(conditionOf("denied-requests")).toMatchObject({
      conditionPrometheusQueryLanguage: {
        query:
          'sum(increase(logging_googleapis_com:user_studio_audit_denied_requests{monitored_resource="gcs_bucket"}[600s])) > 3',
        disableMetricValidation: true,
        evaluationInterval: "60s",
      },
    });
  });

  test("tell a tenth of the signing quota from usual load", async () => {
    await trail({ alerts });
    expect(conditionOf("signing-spike")).toMatchObject({
      conditionPrometheusQueryLanguage: {
        query: expect.stringMatching(/monitored_resource="service_account"}\[300s\]\)\) > 30000$/) as string,
      },
    });
  });
});

describe("Everything", () => {
  test("is below the component, and named after it", async () => {
    await trail({ destinations: everywhere, alerts: { notificationChannels: [channel] } });
    const [component, ...children] = program.resources;
    expect(component).toMatchObject({ type: "mpegflow-gcs:index:AuditTrail", name: "studio-audit" });
    const orphans = children.filter(
      ({ parent, name }) => parent === undefined || !name.startsWith("studio-audit"),
    );
    expect(orphans).toEqual([]);
  });

  test("can be there twice in a program", async () => {
    new AuditTrail("one", { ...good, destinations: everywhere });
    new AuditTrail("two", { ...good, destinations: everywhere, manageDataAccessLogs: false });
    await program.settled();
    const names = program.resources.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
