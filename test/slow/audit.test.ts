import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuditAlerts, AuditTrailArgs } from "../../components/index.ts";
import { projectId, projectNumber } from "../unit/providers/local-cloud.ts";
import * as entries from "../unit/audit/entries.ts";
import { matchesFilter } from "../unit/audit/logging-query.ts";
import { openProgram, type Program } from "../engine/program.ts";
import { stackOutputs } from "../engine/support.ts";

type Settings = Omit<Partial<AuditTrailArgs>, "alerts"> & { readonly alerts?: Partial<AuditAlerts> };

let program: Program<Settings>;
beforeAll(async () => {
  program = await openProgram("audit");
});
afterAll(() => program.close());

/** `update ProjectSink studio-audit-archive` for each step that changes a cloud resource. */
async function planOf(settings: Settings): Promise<string[]> {
  const { steps, exitCode, stderr, diagnostics } = await program.preview(settings);
  expect(exitCode, stderr + JSON.stringify(diagnostics)).toBe(0);
  return steps
    .filter(({ op, urn }) => op !== "same" && /[:$](gcp|random):[^$]*$/.test(urn))
    .map(({ op, urn }) => {
      const [, , type = "", name = ""] = urn.split("::");
      return `${op} ${type.split(":").at(-1) ?? ""} ${name}`;
    })
    .sort();
}

// One stack's life, in order.
describe("An audit trail", () => {
  test("refuses to exempt a signer that only the deployment knows", async () => {
    const exemptedMembers = [`serviceAccount:audited-signer@${projectId}.iam.gserviceaccount.com`];
    const { exitCode, stdout } = await program.run(["preview"], { exemptedMembers });
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("allowed: members other than signers");
  });

  test("is deployed with its destinations, and each is known when its writer is let in", async () => {
    await program.upWell();
    const outputs = await stackOutputs(program.stack);
    expect(outputs).toMatchObject({
      logBucket: expect.stringMatching(
        new RegExp(`^projects/${projectId}/locations/us-central1/buckets/studio-audit-[0-9a-f]{8}$`),
      ) as string,
      archiveBucket: expect.stringMatching(/^studio-audit-archive-[0-9a-f]{7}$/) as string,
      dataset: `projects/${projectId}/datasets/studio_audit`,
    });
    const writer = `serviceAccount:service-${projectNumber}@gcp-sa-logging.iam.gserviceaccount.com`;
    const grant = `b/${String(outputs["archiveBucket"])}/roles/storage.objectCreator/${writer}`;
    const binding = await program.cloud.control("GET", `/iam/bindings/${encodeURIComponent(grant)}`);
    expect(await binding.json()).toMatchObject({ role: "roles/storage.objectCreator", member: writer });
  });

  test("filters by the names that its resources were given", async () => {
    const filter = String((await stackOutputs(program.stack))["filter"]);
    const ofProject = (entry: object): object => ({
      ...entry,
      logName: `projects/${projectId}/logs/cloudaudit.googleapis.com%2Fdata_access`,
    });
    expect(matchesFilter(filter, ofProject(entries.objectRequest({ in: "audited-media" })))).toBe(true);
    expect(matchesFilter(filter, ofProject(entries.objectRequest({ in: "other", principal: "x@y.z" })))).toBe(
      false,
    );
  });

  test("has nothing to change when it is deployed again", async () => {
    expect(await planOf({})).toEqual([]);
  });

  test("changes thresholds, exclusions and retention in place", async () => {
    expect(
      await planOf({
        destinations: { logBucket: { retentionDays: 800 }, archiveBucket: {}, bigQuery: {} },
        exclusions: [{ name: "lists", filter: 'protoPayload.methodName="storage.objects.list"' }],
        alerts: { deniedRequests: 5 },
      }),
    ).toEqual([
      "update AlertPolicy studio-audit-denied-requests",
      "update ProjectBucketConfig studio-audit-log-bucket",
      "update ProjectSink studio-audit-archive",
      "update ProjectSink studio-audit-dataset",
      "update ProjectSink studio-audit-log-bucket",
    ]);
  });

  test("moves its log bucket by making another one", async () => {
    const destinations = { logBucket: { location: "global" }, archiveBucket: {}, bigQuery: {} };
    const plan = await planOf({ destinations });
    expect(plan).toContain("replace ProjectBucketConfig studio-audit-log-bucket");
    expect(plan).toContain("update ProjectSink studio-audit-log-bucket");
    expect(plan.filter((step) => step.startsWith("replace"))).toHaveLength(1);
  });

  test("gives alerts up, and nothing else, when a network is no longer known", async () => {
    expect(await planOf({ alerts: { trustedRanges: [] } })).toEqual([
      "delete AlertPolicy studio-audit-untrusted-address",
      "delete Metric studio-audit-untrusted-address",
    ]);
  });
});

describe("A locked log bucket", () => {
  const locked = (retentionDays: number): Settings => ({
    disposable: false,
    destinations: {
      logBucket: { retentionDays, locked: true, confirmLock: "studio-audit" },
      archiveBucket: {},
      bigQuery: {},
    },
  });

  test("is locked in place, in one update with a longer retention", async () => {
    expect(await planOf(locked(800))).toContain("update ProjectBucketConfig studio-audit-log-bucket");
    await program.upWell(locked(800));
  });

  test("refuses a shorter retention", async () => {
    const { exitCode, stdout } = await program.up(locked(30));
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain(
      "the retention period of a locked log bucket cannot be changed (800 days, not 30)",
    );
  });

  test("is not destroyed", async () => {
    const { exitCode, stdout } = await program.run(["destroy", "--yes"], locked(800));
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("protected");
  });
});
