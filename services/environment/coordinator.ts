import {
  absolutePath,
  accountEmail,
  bucketName,
  logLevel,
  namePrefix,
  namePrefixText,
  origin,
  originText,
  pubsubName,
  pubsubNameText,
  region,
  regionText,
  secretVersion,
} from "./patterns.ts";
import type { Variables } from "./variable.ts";

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const subject = new RegExp(`system:serviceaccount:${label}:${label}(?:\\.${label})*`);
const subjectsText = "system:serviceaccount:NAMESPACE:NAME, several joined by commas";
const secretText = "projects/PROJECT/secrets/SECRET/versions/latest, or a version's number";
const keyText =
  'projects/PROJECT/secrets/SECRET/versions/latest of a secret like {"accessId": "…", "secret": "…"}';
const accountText = "the e-mail address of a service account, NAME@PROJECT.iam.gserviceaccount.com";
const storagePrefix = /(?:gs|s3|r2):\/\/[^/,\s]+\/(?:[^,]*\/)?/;
const prefixesText = "prefixes such as gs://BUCKET/FOLDER/, each ending in /, several joined by commas";
const bucketsText = "names of buckets, several joined by commas";
/** Where Kubernetes puts them. https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
const mounted = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Where jobs are, and who signs. */
const place = {
  MPEGFLOW_REGION: {
    type: "text",
    pattern: region,
    allowed: regionText,
    required: true,
    component: true,
    description: "The region that the coordinator runs in.",
  },
  MPEGFLOW_PROJECT: {
    type: "text",
    pattern: /^[a-z][a-z0-9.:-]{4,61}[a-z0-9]$/,
    allowed: "the project id",
    required: true,
    component: true,
    description: "The project of topics and subscriptions.",
  },
  MPEGFLOW_BUCKET: {
    type: "text",
    pattern: new RegExp(`^${bucketName.source}$`),
    allowed: "the bucket's name without gs://",
    required: true,
    component: true,
    description: "The bucket with media and job records.",
  },
  MPEGFLOW_JOBS_TOPIC: {
    type: "text",
    pattern: pubsubName,
    allowed: pubsubNameText,
    required: true,
    component: true,
    description: "The topic that jobs are published to.",
  },
  MPEGFLOW_JOBS_SUBSCRIPTION: {
    type: "text",
    pattern: pubsubName,
    allowed: pubsubNameText,
    required: true,
    component: true,
    description: "The subscription that jobs are pulled from.",
  },
  MPEGFLOW_EVENTS_TOPIC: {
    type: "text",
    pattern: pubsubName,
    allowed: pubsubNameText,
    required: true,
    component: true,
    description: "The topic of events about jobs.",
  },
  MPEGFLOW_SIGNER: {
    type: "choice",
    values: ["hmac", "rsa", "signBlob"],
    default: "hmac",
    component: true,
    description: "How URLs are signed: an HMAC key, a key file, or IAM's signBlob with no key at all.",
  },
  MPEGFLOW_SIGNER_SECRET: {
    type: "text",
    pattern: secretVersion,
    allowed: secretText,
    secret: true,
    component: true,
    description: "`hmac`: the secret with the HMAC key.",
  },
  MPEGFLOW_READ_SIGNER_SECRET: {
    type: "text",
    pattern: secretVersion,
    allowed: secretText,
    secret: true,
    component: true,
    description: "`hmac`: the secret with a key of its own for reading. Without it, the one key signs both.",
  },
  MPEGFLOW_SIGNER_EMAIL: {
    type: "text",
    pattern: accountEmail,
    allowed: accountText,
    component: true,
    description: "`signBlob`: the account in whose name URLs are signed.",
  },
  MPEGFLOW_READ_SIGNER_EMAIL: {
    type: "text",
    pattern: accountEmail,
    allowed: accountText,
    component: true,
    description: "`signBlob`: an account of its own for reading. Without it, the one account signs both.",
  },
  MPEGFLOW_SIGN_BLOB_PER_SECOND: {
    type: "number",
    unit: "signatures a second",
    whole: true,
    min: 1,
    max: 1000,
    default: 100,
    component: true,
    description: "`signBlob`: this replica's share of the project's quota.",
  },
  MPEGFLOW_SIGN_BLOB_AT_ONCE: {
    type: "number",
    unit: "calls",
    whole: true,
    min: 1,
    max: 500,
    default: 32,
    description: "`signBlob`: calls under way at a time.",
  },
  MPEGFLOW_SIGNER_KEY_FILE: {
    type: "text",
    allowed: "a path",
    description: "`rsa`: the path of a service account key file.",
  },
  MPEGFLOW_LEASE_SECRET: {
    type: "text",
    pattern: secretVersion,
    allowed: secretText,
    required: true,
    secret: true,
    component: true,
    description: "The secret that leases are signed with.",
  },
} as const satisfies Variables;

/** How it serves and holds jobs. */
const jobs = {
  MPEGFLOW_PORT: {
    type: "number",
    unit: "port",
    whole: true,
    min: 0,
    max: 65_535,
    default: 8080,
    component: true,
    description: "Port to listen at; 0 for any that is free.",
  },
  MPEGFLOW_HOST: {
    type: "text",
    allowed: "an address to listen on",
    default: "0.0.0.0",
    description: "Address to listen at.",
  },
  MPEGFLOW_LEASE_SECONDS: {
    type: "number",
    unit: "seconds",
    whole: true,
    min: 10,
    max: 600,
    default: 60,
    component: true,
    description: "How long a lease holds without a heartbeat, within Pub/Sub's ack deadlines.",
  },
  MPEGFLOW_URL_TTL_SECONDS: {
    type: "number",
    unit: "seconds",
    whole: true,
    min: 1,
    max: 43_200,
    default: 900,
    component: true,
    description: "How long a signed URL holds, at most 12 hours.",
  },
  MPEGFLOW_MAX_ATTEMPTS: {
    type: "number",
    unit: "attempts",
    whole: true,
    min: 1,
    max: 100,
    default: 5,
    component: true,
    description: "Attempts after which a job has failed.",
  },
  MPEGFLOW_LEASES_PER_POD: {
    type: "number",
    unit: "leases",
    whole: true,
    min: 1,
    max: 100,
    default: 1,
    description: "Leases that one pod of workers may hold at a time: as many jobs as it encodes at once.",
  },
  MPEGFLOW_INPUT_WAIT_SECONDS: {
    type: "number",
    unit: "seconds",
    whole: true,
    min: 0,
    max: 604_800,
    default: 43_200,
    description:
      "How long a job waits for an input that is there but cannot be read. The default is the [recovery point of default replication](https://docs.cloud.google.com/storage/docs/availability-durability).",
  },
  MPEGFLOW_INPUT_PREFIXES: {
    type: "list",
    item: storagePrefix,
    allowed: prefixesText,
    component: true,
    description: "Where inputs of jobs may be. Without it, in every bucket that is served.",
  },
  MPEGFLOW_OUTPUT_PREFIXES: {
    type: "list",
    item: storagePrefix,
    allowed: prefixesText,
    component: true,
    description: "Where outputs of jobs may go. Without it, to every bucket that is served.",
  },
  MPEGFLOW_ACCESS: {
    type: "json",
    allowed:
      'JSON such as [{"subjects":["system:serviceaccount:apps:ingest"],"inputs":["gs://BUCKET/in/"],"outputs":["gs://BUCKET/out/"]}]',
    default: "[]",
    component: true,
    description:
      "Which prefixes and secrets each client may name: without rules all that is served, with rules nothing without one.",
  },
  MPEGFLOW_CLIENT_REQUESTS_PER_MINUTE: {
    type: "number",
    unit: "requests a minute",
    whole: true,
    min: 1,
    max: 1_000_000,
    default: 600,
    description: "Calls of the job API that one client may make at one replica.",
  },
  MPEGFLOW_DEAD_LETTER_SUBSCRIPTION: {
    type: "text",
    pattern: pubsubName,
    allowed: pubsubNameText,
    component: true,
    description: "The subscription to dead letters. Without it, they are left for people.",
  },
  MPEGFLOW_BACKLOG: {
    type: "number",
    unit: "messages",
    whole: true,
    min: 1,
    max: 1000,
    default: 4,
    component: true,
    description: "Messages held for workers to come.",
  },
  MPEGFLOW_BACKLOG_SECONDS: {
    type: "number",
    unit: "seconds",
    whole: true,
    min: 5,
    max: 3600,
    default: 120,
    description: "How long a message is held until it goes back.",
  },
  MPEGFLOW_JOBS_PREFIX: {
    type: "text",
    pattern: namePrefix,
    allowed: namePrefixText,
    default: ".mpegflow/jobs/",
    component: true,
    description: "Where job records are in the bucket.",
  },
  MPEGFLOW_LOG_LEVEL: logLevel,
} as const satisfies Variables;

/** Uploads that start jobs: all of it, or nothing. */
const uploads = {
  MPEGFLOW_UPLOADS_SUBSCRIPTION: {
    type: "text",
    pattern: pubsubName,
    allowed: pubsubNameText,
    component: true,
    description: "The subscription to uploads. Without it, no upload starts a job.",
  },
  MPEGFLOW_UPLOADS_PREFIX: {
    type: "text",
    pattern: namePrefix,
    allowed: namePrefixText,
    component: true,
    description: "Beginning of the names of objects that start jobs.",
  },
  MPEGFLOW_UPLOADS_OUTPUT_PREFIX: {
    type: "text",
    pattern: namePrefix,
    allowed: namePrefixText,
    component: true,
    description: "Beginning of the names of their outputs; not below the former.",
  },
  MPEGFLOW_UPLOADS_SUFFIXES: {
    type: "list",
    item: /[\w.-]{1,20}/,
    allowed: "suffixes of letters, digits, _, . and -, joined by commas",
    component: true,
    description: "Ends of the names of objects that start jobs. Without it, all do.",
  },
  MPEGFLOW_UPLOADS_PROFILE: {
    type: "text",
    pattern: /^.{1,63}$/su,
    allowed: "at most 63 characters",
    default: "hls-h264",
    component: true,
    description: "Encoding profile of those jobs.",
  },
} as const satisfies Variables;

/** Who may call. */
const callers = {
  MPEGFLOW_AUTHENTICATION: {
    type: "choice",
    values: ["kubernetes", "none"],
    default: "kubernetes",
    description: "`none` lets everybody who reaches the coordinator do everything: for development only.",
  },
  MPEGFLOW_AUDIENCE: {
    type: "text",
    pattern: /^[\x21-\x2b\x2d-\x7e]{1,253}$/,
    allowed: "1 to 253 visible ASCII characters",
    default: "mpegflow-coordinator",
    component: true,
    description: "Audience of the tokens of workers and clients.",
  },
  MPEGFLOW_WORKER_SUBJECTS: {
    type: "list",
    item: subject,
    allowed: subjectsText,
    component: true,
    description: "Service accounts of workers.",
  },
  MPEGFLOW_SCALER_SUBJECTS: {
    type: "list",
    item: subject,
    allowed: subjectsText,
    component: true,
    description: "Service accounts that KEDA asks with.",
  },
  MPEGFLOW_CLIENT_SUBJECTS: {
    type: "list",
    item: subject,
    allowed: subjectsText,
    component: true,
    description: "Service accounts that may use the job API.",
  },
  MPEGFLOW_CLIENT_EMAILS: {
    type: "list",
    item: /[^\s,@]{1,64}@[A-Za-z0-9.-]{3,253}/,
    allowed: "e-mail addresses of Google accounts, several joined by commas",
    component: true,
    description: "Google accounts that may use the job API.",
  },
  MPEGFLOW_KUBERNETES_API: {
    type: "text",
    pattern: /^https:\/\/[^/\s?#]+$/,
    allowed: "https://HOST[:PORT] without a path",
    description: "The API server that reviews tokens. Without it, the cluster's own.",
  },
  MPEGFLOW_KUBERNETES_TOKEN_FILE: {
    type: "text",
    allowed: "the path of a file",
    default: `${mounted}/token`,
    description: "File with the token that the coordinator shows it.",
  },
  MPEGFLOW_KUBERNETES_CA_FILE: {
    type: "text",
    allowed: "the path of a file",
    default: `${mounted}/ca.crt`,
    description: "File with the certificates that vouch for it.",
  },
} as const satisfies Variables;

/** Whether it is spoken to by HTTPS. */
const transport = {
  MPEGFLOW_TLS_DIRECTORY: {
    type: "text",
    pattern: absolutePath,
    allowed: "the absolute path of a directory with tls.crt and tls.key",
    component: true,
    description:
      "Directory with the coordinator's certificate and key, or those of an authority by which it issues its own. Without it, HTTP is served in place of HTTPS.",
  },
  MPEGFLOW_TLS_NAMES: {
    type: "list",
    // Which of them are names or addresses, the coordinator tells: a pattern of IPv6 addresses is long.
    item: /[^,]*/,
    allowed: "host names and IP addresses, joined by commas",
    component: true,
    description:
      "Names and addresses in certificates that the coordinator issues for itself, with loopback ones besides.",
  },
  MPEGFLOW_POD_IPS: {
    type: "text",
    allowed: "addresses joined by commas",
    component: true,
    description:
      "The pod's addresses, which Kubernetes puts in place of `$(MPEGFLOW_POD_IPS)` in `MPEGFLOW_TLS_NAMES`; the coordinator reads them there.",
  },
  MPEGFLOW_PLAINTEXT_PORT: {
    type: "number",
    unit: "port",
    whole: true,
    min: 1,
    max: 65_535,
    component: true,
    description:
      "Port for HTTP beside HTTPS, for workers and clients of a release without it. Without it, HTTPS alone is served.",
  },
  MPEGFLOW_PLAINTEXT: {
    type: "choice",
    values: ["true", "false"],
    default: "false",
    description:
      "`true` permits HTTP beyond loopback where no directory for TLS is set: for networks that something else encrypts.",
  },
} as const satisfies Variables;

/** Stores besides the bucket with the job records. */
const stores = {
  MPEGFLOW_GCS_BUCKETS: {
    type: "list",
    item: bucketName,
    allowed: "names of buckets without gs://, several joined by commas",
    description: "More buckets of Cloud Storage that jobs may name.",
  },
  MPEGFLOW_S3_BUCKETS: {
    type: "list",
    item: new RegExp(`${bucketName.source}=[a-z0-9-]{2,40}`),
    allowed: "BUCKET=REGION, several joined by commas",
    description: "Buckets of Amazon S3 that jobs may name.",
  },
  MPEGFLOW_S3_KEY_SECRET: {
    type: "text",
    pattern: secretVersion,
    allowed: keyText,
    secret: true,
    description: "The secret with an access key of S3.",
  },
  MPEGFLOW_S3_ROLE_ARN: {
    type: "text",
    pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
    allowed: "arn:aws:iam::ACCOUNT:role/NAME",
    description: "In place of a key: the role that a Google service account may take.",
  },
  MPEGFLOW_S3_SERVICE_ACCOUNT: {
    type: "text",
    pattern: accountEmail,
    allowed: "the e-mail address of the service account that the role trusts",
    description: "That service account.",
  },
  MPEGFLOW_S3_TOKEN_AUDIENCE: {
    type: "text",
    allowed: "the audience that the role trusts",
    description: "The audience of its tokens.",
  },
  MPEGFLOW_S3_ENDPOINT: {
    type: "text",
    pattern: origin,
    allowed: originText,
    description: "A server of your own that speaks S3, in the place of Amazon's.",
  },
  MPEGFLOW_R2_BUCKETS: {
    type: "list",
    item: bucketName,
    allowed: bucketsText,
    description: "Buckets of Cloudflare R2 that jobs may name.",
  },
  MPEGFLOW_R2_ACCOUNT_ID: {
    type: "text",
    pattern: /^[0-9a-f]{32}$/,
    allowed: "the account's 32 hexadecimal digits",
    description: "The account of those buckets.",
  },
  MPEGFLOW_R2_KEY_SECRET: {
    type: "text",
    pattern: secretVersion,
    allowed: keyText,
    secret: true,
    description: "The secret with an access key of R2.",
  },
  MPEGFLOW_R2_ENDPOINT: {
    type: "text",
    pattern: origin,
    allowed: originText,
    description: "Another endpoint than the account's.",
  },
  MPEGFLOW_ENCRYPTION_KEY_SECRETS: {
    type: "list",
    item: /projects\/[^/,\s]+\/secrets\/[A-Za-z0-9_-]{1,255}/,
    allowed: "projects/PROJECT/secrets/SECRET, several joined by commas",
    secret: true,
    description: "Secrets with customer-supplied encryption keys that jobs may name.",
  },
} as const satisfies Variables;

/** Local stand-ins for Google's services: for development only. */
const standIns = {
  STORAGE_EMULATOR_HOST: {
    type: "text",
    pattern: origin,
    allowed: originText,
    description: "A stand-in for Cloud Storage, for development only.",
  },
  SECRET_MANAGER_EMULATOR_HOST: {
    type: "text",
    pattern: origin,
    allowed: originText,
    description: "A stand-in for Secret Manager, for development only.",
  },
  IAM_CREDENTIALS_EMULATOR_HOST: {
    type: "text",
    pattern: origin,
    allowed: originText,
    description: "A stand-in for IAM's signBlob, for development only.",
  },
} as const satisfies Variables;

/** What a coordinator reads. */
export const coordinatorEnvironment = {
  ...place,
  ...jobs,
  ...transport,
  ...uploads,
  ...callers,
  ...stores,
  ...standIns,
};
