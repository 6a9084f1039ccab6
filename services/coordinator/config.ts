import { coordinatorEnvironment, type CoordinatorVariable, type Values } from "../environment/index.ts";
import { type Given, readValues, setOf } from "../environment/read.ts";
import { type AccessRules, accessRulesSchema } from "./auth/access.ts";
import { type AuthConfig, authConfig, authProblems } from "./auth/index.ts";
import { rootsOf, type StoreConfig, storeConfig, storeProblems } from "./stores/store-config.ts";
import { tlsProblems, transportConfig, type TransportConfig } from "./tls/config.ts";
import { uploadConfig, uploadProblems, type UploadConfig } from "./uploads/upload-config.ts";

const accessVariable = "MPEGFLOW_ACCESS" satisfies CoordinatorVariable;
const accessTable = coordinatorEnvironment[accessVariable];
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const { values: signerKinds } = coordinatorEnvironment.MPEGFLOW_SIGNER;
type SignerKind = (typeof signerKinds)[number];

/** The variable that each kind of signer needs, and how to set it; those of other kinds must be unset. */
const signerVariables = {
  hmac: {
    MPEGFLOW_SIGNER_SECRET: "projects/PROJECT/secrets/SECRET/versions/latest",
    MPEGFLOW_READ_SIGNER_SECRET: undefined,
  },
  rsa: { MPEGFLOW_SIGNER_KEY_FILE: "the path of a service account key file" },
  signBlob: {
    MPEGFLOW_SIGNER_EMAIL: "the e-mail address of the signer's service account",
    MPEGFLOW_READ_SIGNER_EMAIL: undefined,
  },
} as const satisfies Record<SignerKind, Given<CoordinatorVariable>>;

type CoordinatorValues = Values<typeof coordinatorEnvironment>;

/** Where the signing keys are. What is named for reading alone signs GET in the other's place. */
export type SignerSource =
  | { readonly kind: "hmac"; readonly secret: string; readonly readSecret: string | undefined }
  | { readonly kind: "rsa"; readonly keyFile: string }
  | {
      readonly kind: "signBlob";
      readonly email: string;
      readonly readEmail: string | undefined;
      /** This replica's share of the project's quota. @default 100 */
      readonly perSecond: number;
      /** Calls under way. @default 32 */
      readonly atOnce: number;
    };

export interface Config extends TransportConfig {
  readonly region: string;
  readonly project: string;
  readonly bucket: string;
  readonly jobsTopic: string;
  readonly jobsSubscription: string;
  readonly eventsTopic: string;
  readonly signer: SignerSource;
  readonly leaseSecret: string;
  readonly host: string;
  /** 0 for any free port. @default 8080 */
  readonly port: number;
  /** Length of a lease, 10 to 600 as Pub/Sub's ack deadline. @default 60 */
  readonly leaseSeconds: number;
  /** Validity of a signed URL, at most 12 hours. @default 900 */
  readonly urlTtlSeconds: number;
  /** @default 5 */
  readonly maxAttempts: number;
  /** Leases that one pod of workers may hold at a time: as many jobs as it encodes at once. @default 1 */
  readonly leasesPerPod: number;
  /**
   * How long a job waits for an input that is there but cannot be read. The default is the recovery point of default
   * replication (https://docs.cloud.google.com/storage/docs/availability-durability). @default 43200
   */
  readonly inputWaitSeconds: number;
  /** @default [], all of the bucket */
  readonly inputPrefixes: readonly string[];
  /** @default [], all of the bucket */
  readonly outputPrefixes: readonly string[];
  /** Which prefixes and secrets clients may name; without rules all that is served, with rules nothing without one. @default [] */
  readonly access: AccessRules;
  /** Calls of the job API that one client may make at one replica. @default 600 */
  readonly clientRequestsPerMinute: number;
  /** Short name; undefined leaves dead letters for people. */
  readonly deadLetterSubscription: string | undefined;
  /** Messages held for workers to come. @default 4 */
  readonly backlog: number;
  /** Seconds until a held message goes back. @default 120 */
  readonly backlogSeconds: number;
  /** @default ".mpegflow/jobs/" */
  readonly jobsPrefix: string;
  /** Undefined when no upload starts a job. */
  readonly uploads: UploadConfig | undefined;
  readonly auth: AuthConfig;
  /** Buckets besides `bucket` that jobs may read and write. */
  readonly stores: StoreConfig;
  /** What they are called: `gs://BUCKET/`, `s3://BUCKET/`, `r2://BUCKET/`. */
  readonly otherBuckets: readonly string[];
  /** Secrets with customer-supplied keys, `projects/P/secrets/S`. @default [] */
  readonly encryptionKeySecrets: readonly string[];
  readonly logLevel: string;
  /** Local stand-ins for Google's services: for development only, and never set by a component. */
  readonly storageEmulator: string | undefined;
  readonly secretManagerEmulator: string | undefined;
  readonly iamCredentialsEmulator: string | undefined;
}

export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The environment does not describe a coordinator:\n${problems.map((line) => `  ${line}`).join("\n")}`,
    );
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const problem = (name: string, given: string | undefined, allowed: string): string =>
  given === undefined
    ? `${name} is not set; set it to ${allowed}`
    : `${name} is ${JSON.stringify(given)}; it must be ${allowed}`;

/**
 * Reads the whole configuration from the environment.
 *
 * @throws ConfigError with every problem. No variable holds a secret, so values are shown.
 */
export function readConfig(environment: Given): Config {
  const given = setOf(environment);
  const { values: data, unreadable } = readValues(coordinatorEnvironment, given);
  const access = accessRulesSchema.safeParse(jsonOf(given[accessVariable] ?? accessTable.default));
  const problems = [
    ...unreadable.map((one) => problem(one.name, one.given, one.allowed)),
    ...(access.success ? [] : [problem(accessVariable, given[accessVariable], accessTable.allowed)]),
    ...signerProblems(given),
    ...uploadProblems(given),
    ...authProblems(given),
    ...storeProblems(given),
    ...tlsProblems(given),
  ];
  if (data === undefined || !access.success || problems.length > 0) throw new ConfigError(problems);
  const stores = storeConfig(data);
  return {
    region: data.MPEGFLOW_REGION,
    project: data.MPEGFLOW_PROJECT,
    bucket: data.MPEGFLOW_BUCKET,
    jobsTopic: data.MPEGFLOW_JOBS_TOPIC,
    jobsSubscription: data.MPEGFLOW_JOBS_SUBSCRIPTION,
    eventsTopic: data.MPEGFLOW_EVENTS_TOPIC,
    signer: signerSource(data),
    leaseSecret: data.MPEGFLOW_LEASE_SECRET,
    host: data.MPEGFLOW_HOST,
    port: data.MPEGFLOW_PORT,
    ...transportConfig(data),
    leaseSeconds: data.MPEGFLOW_LEASE_SECONDS,
    urlTtlSeconds: data.MPEGFLOW_URL_TTL_SECONDS,
    maxAttempts: data.MPEGFLOW_MAX_ATTEMPTS,
    leasesPerPod: data.MPEGFLOW_LEASES_PER_POD,
    inputWaitSeconds: data.MPEGFLOW_INPUT_WAIT_SECONDS,
    inputPrefixes: data.MPEGFLOW_INPUT_PREFIXES,
    outputPrefixes: data.MPEGFLOW_OUTPUT_PREFIXES,
    access: access.data,
    clientRequestsPerMinute: data.MPEGFLOW_CLIENT_REQUESTS_PER_MINUTE,
    deadLetterSubscription: data.MPEGFLOW_DEAD_LETTER_SUBSCRIPTION,
    backlog: data.MPEGFLOW_BACKLOG,
    backlogSeconds: data.MPEGFLOW_BACKLOG_SECONDS,
    jobsPrefix: data.MPEGFLOW_JOBS_PREFIX,
    uploads: uploadConfig(data),
    auth: authConfig(data, given),
    stores,
    otherBuckets: rootsOf(stores),
    encryptionKeySecrets: data.MPEGFLOW_ENCRYPTION_KEY_SECRETS,
    logLevel: data.MPEGFLOW_LOG_LEVEL,
    storageEmulator: data.STORAGE_EMULATOR_HOST,
    secretManagerEmulator: data.SECRET_MANAGER_EMULATOR_HOST,
    iamCredentialsEmulator: data.IAM_CREDENTIALS_EMULATOR_HOST,
  };
}

/** What a kind needs, and what would leave open which kind is meant. An unknown kind is reported by the schema. */
function signerProblems(given: Given<CoordinatorVariable>): string[] {
  const kind = signerKinds.find((one) => one === (given.MPEGFLOW_SIGNER ?? "hmac"));
  if (kind === undefined) return [];
  const missing = Object.entries(signerVariables[kind])
    .filter(([name, allowed]) => allowed !== undefined && isUnset(given, name))
    .map(([name, allowed]) => problem(name, undefined, `${allowed ?? ""} (MPEGFLOW_SIGNER is ${kind})`));
  const foreign = signerKinds
    .filter((other) => other !== kind)
    .flatMap((other) => Object.keys(signerVariables[other]))
    .filter((name) => !isUnset(given, name))
    .map((name) => `${name} is set; unset it, because MPEGFLOW_SIGNER is ${kind}`);
  return [...missing, ...foreign];
}

const isUnset = (given: Given, name: string): boolean => given[name] === undefined;

function signerSource(data: CoordinatorValues): SignerSource {
  const kind = data.MPEGFLOW_SIGNER;
  switch (kind) {
    case "hmac":
      return {
        kind,
        secret: data.MPEGFLOW_SIGNER_SECRET ?? "",
        readSecret: data.MPEGFLOW_READ_SIGNER_SECRET,
      };
    case "rsa":
      return { kind, keyFile: data.MPEGFLOW_SIGNER_KEY_FILE ?? "" };
    case "signBlob":
      return {
        kind,
        email: data.MPEGFLOW_SIGNER_EMAIL ?? "",
        readEmail: data.MPEGFLOW_READ_SIGNER_EMAIL,
        perSecond: data.MPEGFLOW_SIGN_BLOB_PER_SECOND,
        atOnce: data.MPEGFLOW_SIGN_BLOB_AT_ONCE,
      };
  }
}
