import { AuditTrail, predefined, type AuditAlerts, type AuditTrailArgs } from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const signer = "studio-signer@studio-media.iam.gserviceaccount.com";
const channel = "projects/studio-media/notificationChannels/1";
const good: AuditTrailArgs = {
  projectId: "studio-media",
  placement: predefined("NAM4"),
  bucketNames: ["studio-masters"],
  signerEmails: [signer],
};

const trail = (when: string, args: Partial<AuditTrailArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new AuditTrail("studio-audit", { ...good, ...args }),
  subject: 'AuditTrail "studio-audit"',
  says,
});
const alerting = (when: string, alerts: Partial<AuditAlerts>, ...says: string[]): Refusal =>
  trail(when, { alerts: { notificationChannels: [channel], ...alerts } }, ...says);

export const auditTrailRefusals: Refusal[] = [
  {
    when: "a name that no sink can have",
    make: () => new AuditTrail("studio audit", good),
    subject: 'AuditTrail "studio audit"',
    says: [
      'name: given "studio audit"; allowed: 1 to 60 letters, digits and -, starting with a letter. Reason: sinks, ' +
        "metrics and the log bucket are named after it. Fix: give the component another name",
    ],
  },
  trail(
    "a project's name instead of its id",
    { projectId: "Studio Media" },
    'projectId: given "Studio Media"; allowed: a project id: 6 to 30 characters of a-z, 0-9 and -, starting with a ' +
      "letter. Fix: use the id, as `gcloud projects list` shows it, neither the name nor the number",
  ),
  trail(
    "no bucket and no signer",
    { bucketNames: [], signerEmails: [] },
    "bucketNames: given []; allowed: at least one. Reason: a filter about nothing would keep everything, or nothing. " +
      "Fix: name the platform's bucket",
    "signerEmails: given []; allowed: at least one. Reason: a filter about nothing would keep everything, or nothing. " +
      "Fix: pass BrokerIdentity's signerEmail",
  ),
  trail(
    "a signer as an IAM member",
    { signerEmails: [`serviceAccount:${signer}`] },
    `signerEmails[0]: given "serviceAccount:${signer}"; allowed: the e-mail address of a service account. ` +
      "Fix: pass BrokerIdentity's signerEmail, without a prefix",
  ),
  trail(
    "a secret without its project",
    { signerSecrets: ["studio-broker-hmac-a"] },
    'signerSecrets[0]: given "studio-broker-hmac-a"; allowed: projects/PROJECT/secrets/SECRET, or a version below it. ' +
      "Fix: pass BrokerIdentity's signerSecretVersion",
  ),
  trail(
    "coordinators as a set of principals",
    { coordinatorPrincipals: ["principalSet://iam.googleapis.com/x/namespace/mpegflow"] },
    'coordinatorPrincipals[0]: given "principalSet://iam.googleapis.com/x/namespace/mpegflow"; allowed: one principal: ' +
      "principal://…, serviceAccount:… or user:…. Reason: the log names single principals, which cannot be compared " +
      "with a set or a group. Fix: name the coordinator's own principal, as kubernetesPrincipal makes it",
  ),
  trail(
    "a signer that leaves no trace",
    { exemptedMembers: ["user:qa@example.com", `serviceAccount:${signer}`] },
    `exemptedMembers[1]: given "serviceAccount:${signer}"; allowed: members other than signers. Reason: every request with a ` +
      "signed URL is made in the signer's name and would leave no trace. Fix: remove it, and use exclusions to save " +
      "volume",
  ),
  trail(
    "everybody without a trace",
    { exemptedMembers: ["domain:example.com"] },
    'exemptedMembers[0]: given "domain:example.com"; allowed: user:, serviceAccount: or group: and an e-mail address. ' +
      "Reason: exempted members leave no trace. Fix: name the single members whose requests are too many to keep",
  ),
  trail(
    "exemptions in a configuration that it does not manage",
    { manageDataAccessLogs: false, exemptedMembers: ["user:qa@example.com"] },
    'exemptedMembers: given ["user:qa@example.com"]; allowed: nothing with manageDataAccessLogs false. Reason: ' +
      "exemptions belong to the Data Access configuration, which this component does not declare. Fix: exempt them where the Data Access " +
      "logs are configured",
  ),
  trail(
    "exclusions of one name, the other empty",
    {
      exclusions: [
        { name: "lists", filter: 'protoPayload.methodName="storage.objects.list"' },
        { name: "lists", filter: " " },
      ],
    },
    'exclusions[1].name: given "lists" again; allowed: each name once. Fix: give each exclusion its own name',
    'exclusions[1].filter: given " "; allowed: a filter of the Logging query language. Reason: an empty filter matches ' +
      "every entry, and nothing would be kept. Fix: say which entries to leave out",
  ),
  trail(
    "no destination",
    { destinations: {} },
    "destinations: given {}; allowed: one or more of logBucket, archiveBucket and bigQuery. Reason: entries that go " +
      "nowhere are no trail. Fix: name one, or leave out destinations for a log bucket",
  ),
  trail(
    "more than ten years in a log bucket",
    { destinations: { logBucket: { retentionDays: 4000 } } },
    "destinations.logBucket.retentionDays: given 4000; allowed: a whole number from 1 to 3650. Fix: use a number in " +
      "that range",
  ),
  trail(
    "a lock that is not confirmed",
    { destinations: { logBucket: { locked: true } } },
    'destinations.logBucket.confirmLock: given nothing; allowed: "studio-audit", the trail\'s name, which confirms ' +
      "locked. Reason: a locked retention can never be shortened, and nobody can delete the objects that it keeps. Fix: set " +
      'confirmLock to "studio-audit" if that is what you want, or leave locked out',
  ),
  trail(
    "a confirmation that waits for its lock",
    { destinations: { archiveBucket: { confirmLock: "studio-audit" } } },
    'destinations.archiveBucket.confirmLock: given "studio-audit"; allowed: nothing while locked is not true. Fix: ' +
      "remove it, so that locking needs its own confirmation",
  ),
  trail(
    "a lock, and a retention, in a trail that comes and goes",
    {
      disposable: true,
      destinations: {
        logBucket: { locked: true, confirmLock: "studio-audit" },
        archiveBucket: { retentionDays: 30 },
      },
    },
    "destinations.logBucket.locked: given true in a disposable trail; allowed: one of the two. Reason: what is locked " +
      "cannot be deleted. Fix: leave locked out where environments come and go",
    "destinations.archiveBucket.retentionDays: given 30 in a disposable trail; allowed: nothing. Reason: a bucket " +
      "cannot be deleted while files in it are retained. Fix: leave retentionDays out where environments come and go",
  ),
  trail(
    "an archive that would log its own writes",
    { destinations: { archiveBucket: { bucketName: "studio-masters" } } },
    'destinations.archiveBucket.bucketName: given "studio-masters"; allowed: a separate bucket. Reason: each file of ' +
      "log entries would be logged as one more write to a bucket of the platform. Fix: choose another name, or leave " +
      "bucketName out",
  ),
  trail(
    "one key for destinations in different places",
    {
      destinations: { logBucket: {}, archiveBucket: {} },
      kmsKeyName: "projects/studio-media/locations/nam4/keyRings/audit/cryptoKeys/logs",
    },
    "destinations.logBucket.kmsKeyName: given a key in nam4; allowed: a key in us-central1. Reason: a destination's key " +
      "has to be where the destination is. Fix: give this destination its own kmsKeyName",
  ),
  trail(
    "a dataset with a dash",
    { destinations: { bigQuery: { datasetId: "studio-audit" } } },
    'destinations.bigQuery.datasetId: given "studio-audit"; allowed: 1 to 1024 letters, digits and _. Fix: rename it, ' +
      "or leave it out",
  ),
  alerting(
    "alerts that reach nobody",
    { notificationChannels: [] },
    "alerts.notificationChannels: given []; allowed: at least one. Reason: an alert without a channel notifies nobody. Fix: " +
      "name a channel, or leave out alerts",
  ),
  alerting(
    "an address as a channel",
    { notificationChannels: ["on-call@example.com"] },
    'alerts.notificationChannels[0]: given "on-call@example.com"; allowed: projects/PROJECT/notificationChannels/ID. ' +
      "Fix: use the name that `gcloud beta monitoring channels list` shows",
  ),
  alerting(
    "networks of which one is the Internet and one is none",
    { trustedRanges: ["0.0.0.0/0", "10.0.0.0/33"] },
    'alerts.trustedRanges[0]: given "0.0.0.0/0"; allowed: less than the whole Internet. Reason: with every address ' +
      "trusted the alert could never be raised. Fix: name your own networks, or leave out trustedRanges",
    'alerts.trustedRanges[1]: given "10.0.0.0/33"; allowed: a network in CIDR notation, such as 10.0.0.0/8 or ' +
      "2001:db8::/32. Fix: write a single address with /32 or /128",
  ),
  alerting(
    "a threshold of unknown addresses without any known",
    { untrustedRequests: 5 },
    "alerts.untrustedRequests: given 5; allowed: nothing without trustedRanges. Reason: no address is unknown where " +
      "none is known. Fix: give trustedRanges",
  ),
  alerting(
    "a window of half a minute",
    { windowSeconds: 30 },
    "alerts.windowSeconds: given 30; allowed: a whole number from 60 to 86400. Fix: use a number in that range",
    "alerts.windowSeconds: given 30; allowed: a multiple of 60. Reason: log-based metrics are sampled every minute. " +
      "Fix: round it to whole minutes",
  ),
];
