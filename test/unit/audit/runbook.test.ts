import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { countedAlerts, documentationOf, singleAlerts } from "../../../components/audit/alerts.ts";
import { alertSettings } from "../../../components/audit/settings.ts";
import * as entries from "./entries.ts";
import { matchesFilter } from "./logging-query.ts";

const runbook = readFileSync(new URL("../../../docs/runbooks/audit.md", import.meta.url), "utf8");
const settings = alertSettings({ notificationChannels: [], trustedRanges: ["10.0.0.0/8"] });
const alerts = [...countedAlerts(settings), ...singleAlerts(true)];

/** The first query below a heading, about the entries of the tests. */
function queryBelow(heading: string): string {
  const section = runbook.slice(runbook.indexOf(`\n${heading}\n`));
  const [, query = ""] = /^```lql\n(.*?)\n```$/ms.exec(section) ?? [];
  return query
    .replaceAll("BUCKET", entries.bucket)
    .replaceAll("SIGNER", entries.signer)
    .replaceAll("JOB_ID", "job-7");
}

describe("The runbook", () => {
  test.each(alerts)("has a chapter for $key, which the alert names", (alert) => {
    expect(runbook).toContain(`\n### ${alert.key}\n`);
    expect(documentationOf(alert, settings.runbookUrl)).toContain(`docs/runbooks/audit.md#${alert.key}`);
  });

  const thief = { principalEmail: "thief@example.com" };
  test.each([
    ["## On the first day", entries.objectRequest()],
    ["### signing-spike", entries.credentialCall()],
    ["### denied-requests", entries.objectRequest({ denied: true })],
    ["### untrusted-address", entries.objectRequest({ callerIp: "203.0.113.9" })],
    ["### foreign-signing", entries.secretAccess({ caller: thief })],
    ["### hmac-key", entries.hmacKeyCall("storage.hmacKeys.update")],
    ["### trail-change", entries.loggingCall("google.logging.v2.ConfigServiceV2.DeleteSink")],
    ["### access-change", entries.accountAdministration("CreateServiceAccountKey")],
    ["## Whose request was it", entries.objectRequest()],
  ])("gives below %s a query that finds what it is about, and not everything", (heading, entry) => {
    expect(matchesFilter(queryBelow(heading), entry)).toBe(true);
    expect(matchesFilter(queryBelow(heading), entries.foreignEntry)).toBe(false);
  });
});
