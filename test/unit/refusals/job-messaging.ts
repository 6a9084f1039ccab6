import { JobMessaging, type JobMessagingArgs } from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const good: JobMessagingArgs = {
  projectId: "my-project",
  projectNumber: "123456789012",
  regions: ["us-central1", "us-east1"],
  coordinatorPrincipals: [],
};
const webhook = { name: "crm", endpoint: "https://hooks.example.com/jobs" };
const uploads = { bucket: "media", prefix: "incoming/", outputPrefix: "encoded/" };

const named = (name: string, when: string, args: Partial<JobMessagingArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new JobMessaging(name, { ...good, ...args }),
  subject: `JobMessaging ${JSON.stringify(name)}`,
  says,
});
const messaging = (when: string, args: Partial<JobMessagingArgs>, ...says: string[]): Refusal =>
  named("jobs", when, args, ...says);

export const jobMessagingRefusals: Refusal[] = [
  named(
    "google-jobs",
    "a name that topics cannot have",
    {},
    'name: given "google-jobs"; allowed: letters, digits and . _ ~ % + -, starting with a letter, not with goog. ' +
      "Reason: topics and subscriptions are named after it. Fix: give the component another name",
  ),
  messaging(
    "no region to keep messages in",
    { regions: [] },
    "regions: given []; allowed: at least one region. Fix: pass the regions of the bucket's placement",
  ),
  messaging(
    "two wrong numbers, both named",
    { leaseSeconds: 601, maxDeliveryAttempts: 4 },
    "leaseSeconds: given 601; allowed: a whole number from 10 to 600. Fix: use a number in that range",
    "maxDeliveryAttempts: given 4; allowed: a whole number from 5 to 100. Fix: use a number in that range",
  ),
  messaging(
    "a back-off longer than Pub/Sub has",
    { retryPolicy: { maximumBackoffSeconds: 601 } },
    "retryPolicy.maximumBackoffSeconds: given 601; allowed: a whole number from 0 to 600. Fix: use a number in that range",
  ),
  messaging(
    "a back-off that begins above its end",
    { retryPolicy: { minimumBackoffSeconds: 60, maximumBackoffSeconds: 30 } },
    "retryPolicy.minimumBackoffSeconds: given 60; allowed: at most maximumBackoffSeconds, 30. Fix: lower the minimum or raise the maximum",
  ),
  messaging(
    "retention of less than 10 minutes",
    { retention: { jobsSeconds: 60 } },
    "retention.jobsSeconds: given 60; allowed: a whole number from 600 to 2678400. Fix: use a number in that range",
  ),
  messaging(
    "a webhook without TLS",
    { webhooks: [{ ...webhook, endpoint: "http://hooks.example.com/jobs" }] },
    'webhooks[0].endpoint: given "http://hooks.example.com/jobs"; allowed: an https address. ' +
      "Reason: the delivery's token is a credential, and Pub/Sub pushes to https only. Fix: use the endpoint's https address",
  ),
  messaging(
    "a webhook with a password, which is not shown",
    { webhooks: [{ ...webhook, endpoint: "https://me:hunter2@hooks.example.com/jobs?key=hunter2" }] },
    'webhooks[0].endpoint: given "https://(secret)@hooks.example.com/jobs?(secret)"; allowed: an address without user, password and fragment. ' +
      "Reason: the address is kept in clear; deliveries are signed instead. Fix: leave them out, and verify the token",
  ),
  messaging(
    "a webhook's name that no account can have",
    { webhooks: [{ ...webhook, name: "My CRM" }] },
    'webhooks[0].name: given "My CRM"; allowed: 1 to 40 characters of a-z, 0-9 and -, not starting or ending with -. ' +
      "Reason: subscription and account are named after it. Fix: give the webhook another name",
  ),
  messaging(
    "two webhooks of one name",
    { webhooks: [webhook, { ...webhook, endpoint: "https://other.example.com" }] },
    'webhooks[1].name: given "crm"; allowed: a name that no other webhook has. Fix: give one of them another name',
  ),
  messaging(
    "a filter longer than Pub/Sub takes",
    { webhooks: [{ ...webhook, filter: `attributes.job = "${"é".repeat(128)}"` }] },
    "webhooks[0].filter: given 275 bytes; allowed: 1 to 256 bytes. Fix: shorten it, or filter in the endpoint",
  ),
  messaging(
    "a webhook that gives up before Pub/Sub can",
    { webhooks: [{ ...webhook, maxDeliveryAttempts: 1, answerSeconds: 5 }] },
    "webhooks[0].maxDeliveryAttempts: given 1; allowed: a whole number from 5 to 100. Fix: use a number in that range",
    "webhooks[0].answerSeconds: given 5; allowed: a whole number from 10 to 600. Fix: use a number in that range",
  ),
  messaging(
    "a data set that BigQuery cannot have",
    { history: { bigQuery: { location: "the moon", datasetId: "job-history" } } },
    'history.bigQuery.location: given "the moon"; allowed: US, EU or a region. Fix: use a location of BigQuery near the events\' readers',
    'history.bigQuery.datasetId: given "job-history"; allowed: 1 to 1024 letters, digits and _. Fix: use _ for anything else',
  ),
  messaging(
    "files of history that take too long, and end as folders",
    { history: { storage: { bucket: "media", maxDurationSeconds: 3600, suffix: "/" } } },
    'history.storage.suffix: given "/"; allowed: an end of file names that is not /. Fix: use one such as .jsonl, and prefix for folders',
    "history.storage.maxDurationSeconds: given 3600; allowed: a whole number from 60 to 600. Fix: use a number in that range",
  ),
  messaging(
    "uploads of the whole bucket",
    { uploads: { ...uploads, prefix: "" } },
    'uploads.prefix: given ""; allowed: at most 200 characters of A-Z a-z 0-9 . _ - and /, ending in / and not starting with it. ' +
      'Fix: use a prefix such as "incoming/"',
    'uploads.outputPrefix: given "encoded/"; allowed: a prefix that is not below "". ' +
      "Reason: outputs below the prefix of uploads would start jobs themselves, without end. Fix: use another prefix for outputs",
  ),
  messaging(
    "outputs that would start jobs",
    { uploads: { ...uploads, outputPrefix: "incoming/encoded/" } },
    'uploads.outputPrefix: given "incoming/encoded/"; allowed: a prefix that is not below "incoming/". ' +
      "Reason: outputs below the prefix of uploads would start jobs themselves, without end. Fix: use another prefix for outputs",
  ),
  messaging(
    "a suffix that is a pattern",
    { uploads: { ...uploads, suffixes: [".mp4", "*.mov"] } },
    'uploads.suffixes[1]: given "*.mov"; allowed: 1 to 20 letters, digits, _, . and -. Fix: use the extension, such as .mp4',
  ),
  messaging(
    "history that would start jobs",
    { uploads, history: { storage: { bucket: "media", prefix: "incoming/history/" } } },
    'history.storage.prefix: given "incoming/history/"; allowed: a prefix that is not below "incoming/". ' +
      "Reason: files of history below the prefix of uploads would start jobs, whose events are history. Fix: use another prefix, or another bucket",
  ),
];
