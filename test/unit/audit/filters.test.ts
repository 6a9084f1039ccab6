import { describe, expect, test } from "vitest";
import {
  accessChangeFilter,
  deniedFilter,
  foreignSigningFilter,
  hmacKeyFilter,
  platformFilter,
  signaturesFilter,
  trailChangeFilter,
  untrustedAddressFilter,
  type AuditedPlatform,
} from "../../../components/audit/filters.ts";
import * as entries from "./entries.ts";
import { matchesFilter } from "./logging-query.ts";

const platform: AuditedPlatform = {
  projectId: entries.project,
  buckets: [entries.bucket, "studio-proxies"],
  signers: [entries.signer],
  secrets: [entries.secret],
};
const other = "reports@studio-media.iam.gserviceaccount.com";
const thief = { principalEmail: "thief@example.com" };
const sinkChange = "google.logging.v2.ConfigServiceV2.UpdateSink";

/** Every kind of entry once: a filter is judged by all of them, so that none matches by accident. */
const samples = {
  read: entries.objectRequest(),
  write: entries.objectRequest({ method: "storage.objects.create", in: "studio-proxies" }),
  denied: entries.objectRequest({ method: "storage.objects.delete", denied: true }),
  deniedToOther: entries.objectRequest({ denied: true, principal: other }),
  fromOutside: entries.objectRequest({ callerIp: "203.0.113.9" }),
  fromOutsideV6: entries.objectRequest({ callerIp: "2001:db8::9" }),
  fromOtherOrganisation: entries.objectRequest({ callerIp: "gce-internal-ip" }),
  readByOther: entries.objectRequest({ principal: other, callerIp: "203.0.113.9" }),
  otherBucket: entries.objectRequest({ in: "reports", principal: other }),
  signerInOtherBucket: entries.objectRequest({ in: "reports" }),
  signature: entries.credentialCall(),
  signatureByThief: entries.credentialCall({ caller: thief }),
  tokenByThief: entries.credentialCall({ method: "GenerateAccessToken", caller: thief }),
  signatureOfOther: entries.credentialCall({ account: other }),
  secretRead: entries.secretAccess(),
  secretReadByThief: entries.secretAccess({ caller: thief }),
  otherSecret: entries.secretAccess({ name: `${entries.secret}-old`, caller: thief }),
  hmacCreated: entries.hmacKeyCall("storage.hmacKeys.create"),
  hmacUpdated: entries.hmacKeyCall("storage.hmacKeys.update"),
  hmacListed: entries.hmacKeyCall("storage.hmacKeys.list"),
  bucketPolicy: entries.bucketAdministration("storage.setIamPermissions"),
  bucketUpdated: entries.bucketAdministration("storage.buckets.update"),
  otherBucketPolicy: entries.bucketAdministration("storage.setIamPermissions", "reports"),
  signerPolicy: entries.accountAdministration("SetIAMPolicy"),
  signerKey: entries.accountAdministration("CreateServiceAccountKey"),
  signerRenamed: entries.accountAdministration("PatchServiceAccount"),
  otherAccountPolicy: entries.accountAdministration("SetIAMPolicy", other),
  sinkChanged: entries.loggingCall(sinkChange),
  exclusionMade: entries.loggingCall("google.logging.v2.ConfigServiceV2.CreateExclusion"),
  alertDeleted: entries.loggingCall("google.monitoring.v3.AlertPolicyService.DeleteAlertPolicy"),
  auditConfigChanged: entries.projectPolicyChange({
    auditConfigDeltas: [{ action: "REMOVE", service: "storage.googleapis.com", logType: "DATA_READ" }],
  }),
  projectGrant: entries.projectPolicyChange({
    bindingDeltas: [{ action: "ADD", role: "roles/viewer", member: "user:new@example.com" }],
  }),
  foreign: entries.foreignEntry,
} as const;
type Sample = keyof typeof samples;

const matched = (filter: string): Sample[] =>
  (Object.keys(samples) as Sample[]).filter((name) => matchesFilter(filter, samples[name]));

describe("A filter matches exactly", () => {
  test("what concerns the platform, for its sinks", () => {
    const unconcerned: Sample[] = [
      "otherBucket",
      "signatureOfOther",
      "otherSecret",
      "hmacListed",
      "otherBucketPolicy",
      "otherAccountPolicy",
      "projectGrant",
      "foreign",
    ];
    expect(matched(platformFilter(platform))).toEqual(
      (Object.keys(samples) as Sample[]).filter((name) => !unconcerned.includes(name)),
    );
  });

  test("signatures in the signer's name", () => {
    expect(matched(signaturesFilter(platform))).toEqual(["signature", "signatureByThief"]);
  });

  test("requests refused to the signer", () => {
    expect(matched(deniedFilter(platform))).toEqual(["denied"]);
  });

  test("the signer's requests from an unknown address, or one that is not shown", () => {
    expect(matched(untrustedAddressFilter(platform, ["10.0.0.0/8", "2001:db8:1::/48"]))).toEqual([
      "fromOutside",
      "fromOutsideV6",
      "fromOtherOrganisation",
    ]);
  });

  test("the power to sign in other hands than the coordinator's", () => {
    expect(matched(foreignSigningFilter(platform, [entries.coordinator]))).toEqual([
      "signatureByThief",
      "tokenByThief",
      "secretReadByThief",
    ]);
  });

  test("changes of HMAC keys", () => {
    expect(matched(hmacKeyFilter(platform))).toEqual(["hmacCreated", "hmacUpdated"]);
  });

  test("changes of the trail itself", () => {
    expect(matched(trailChangeFilter(platform))).toEqual([
      "sinkChanged",
      "exclusionMade",
      "alertDeleted",
      "auditConfigChanged",
    ]);
  });

  test("changes of who has access", () => {
    expect(matched(accessChangeFilter(platform))).toEqual([
      "bucketPolicy",
      "bucketUpdated",
      "signerPolicy",
      "signerKey",
    ]);
  });
});

describe("A filter says", () => {
  test("the logs of one project only", () => {
    const elsewhere = { ...platform, projectId: "another-project" };
    expect(matched(platformFilter(elsewhere))).toEqual([]);
  });

  test("nothing of secrets where no key is stored", () => {
    const filter = platformFilter({ ...platform, secrets: [] });
    expect(filter).not.toContain("secret");
    expect(matched(filter)).not.toContain("secretRead");
  });

  test("coordinators that are service accounts by their e-mail address", () => {
    const account = "coordinator@studio-media.iam.gserviceaccount.com";
    const filter = foreignSigningFilter(platform, [`serviceAccount:${account}`]);
    expect(matchesFilter(filter, entries.credentialCall({ caller: { principalEmail: account } }))).toBe(
      false,
    );
    expect(matchesFilter(filter, entries.credentialCall({ caller: thief }))).toBe(true);
  });

  test("everything in readable text", () => {
    expect(signaturesFilter(platform)).toBe(
      '(logName="projects/studio-media/logs/cloudaudit.googleapis.com%2Fdata_access" AND ' +
        'protoPayload.serviceName="iamcredentials.googleapis.com" AND protoPayload.methodName="SignBlob" AND ' +
        '(resource.type="service_account" AND ' +
        'resource.labels.email_id="studio-signer@studio-media.iam.gserviceaccount.com"))',
    );
  });

  test("what a name of any kind holds, without letting it add to the filter", () => {
    const hostile = { ...platform, buckets: ['x") OR resource.type:* OR ("'] };
    expect(matched(deniedFilter(hostile))).toEqual([]);
  });
});
