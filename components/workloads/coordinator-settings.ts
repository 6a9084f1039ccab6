import * as pulumi from "@pulumi/pulumi";
import { sorted } from "../validation/index.ts";
import {
  COORDINATOR_AUDIENCE,
  COORDINATOR_SERVICE_ACCOUNT,
  DEFAULT_POOL,
  pollerOf,
  subjectOf,
} from "./accounts.ts";
import { clientAccessVariables, jobPrefixVariables } from "./client-access.ts";
import type { CoordinatorArgs } from "./coordinator-args.ts";
import { signerVariables } from "./coordinator-signer.ts";
import type { CoordinatorVariables } from "./environment.ts";
import { LIMITS } from "./limits.ts";
import { uploadVariables } from "./upload-jobs.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Port of the coordinator's container, by HTTPS. KEDA asks every pod at it. */
export const COORDINATOR_PORT = 8443;
/** The one by plain HTTP, where it is served besides. */
export const PLAINTEXT_PORT = 8080;

export type CoordinatorSettings = ReturnType<typeof coordinatorSettings>;

/** The arguments that have defaults. */
export function coordinatorSettings(args: Partial<CoordinatorArgs>) {
  return {
    leaseSeconds: args.leaseSeconds ?? LIMITS.leaseSeconds.default,
    urlTtlSeconds: args.urlTtlSeconds ?? LIMITS.urlTtlSeconds.default,
    maxAttempts: args.maxAttempts ?? LIMITS.maxAttempts.default,
    backlog: args.backlog ?? LIMITS.backlog.default,
    jobsPrefix: args.jobsPrefix ?? ".mpegflow/jobs/",
    replicas: args.replicas ?? LIMITS.coordinatorReplicas.default,
    resources: args.resources ?? { cpu: "250m", memory: "512Mi" },
    encoderPools: sorted(args.encoderPools ?? [DEFAULT_POOL]),
    kedaNamespace: args.kedaNamespace ?? "keda",
    plaintext: args.tls?.plaintext ?? false,
    managedPrometheus: args.managedPrometheus ?? false,
    kubernetesName: args.kubernetesName ?? "coordinator",
    serviceAccountName: args.serviceAccountName ?? COORDINATOR_SERVICE_ACCOUNT,
  };
}

/** Where the encoders of a coordinator are. */
export const encoderNamespaceOf = (args: CoordinatorArgs): pulumi.Output<string> =>
  pulumi.output(args.encoderNamespace ?? pulumi.interpolate`${args.namespace}-encoders`);

/** The variables of the container, in the order in which they are read by people. */
export function coordinatorVariables(
  args: CoordinatorArgs,
  settings: CoordinatorSettings,
): CoordinatorVariables {
  return {
    MPEGFLOW_REGION: args.region,
    MPEGFLOW_PROJECT: args.projectId,
    MPEGFLOW_BUCKET: args.bucket,
    MPEGFLOW_JOBS_TOPIC: args.jobsTopic,
    MPEGFLOW_JOBS_SUBSCRIPTION: args.jobsSubscription,
    MPEGFLOW_EVENTS_TOPIC: args.jobEventsTopic,
    ...signerVariables(args),
    MPEGFLOW_LEASE_SECRET: args.leaseSecretVersion,
    MPEGFLOW_PORT: String(COORDINATOR_PORT),
    ...(settings.plaintext && { MPEGFLOW_PLAINTEXT_PORT: String(PLAINTEXT_PORT) }),
    MPEGFLOW_LEASE_SECONDS: String(settings.leaseSeconds),
    MPEGFLOW_URL_TTL_SECONDS: String(settings.urlTtlSeconds),
    MPEGFLOW_MAX_ATTEMPTS: String(settings.maxAttempts),
    MPEGFLOW_BACKLOG: String(settings.backlog),
    MPEGFLOW_JOBS_PREFIX: settings.jobsPrefix,
    ...withoutUndefined({ MPEGFLOW_DEAD_LETTER_SUBSCRIPTION: args.deadLetterSubscription }),
    ...accessVariables(args, settings),
    ...jobPrefixVariables(args, args.bucket),
    ...clientAccessVariables(args.clients, args.bucket),
    ...uploadVariables(args.uploads),
  };
}

/** Whose tokens the coordinator takes, and for what. */
function accessVariables(args: CoordinatorArgs, { encoderPools }: CoordinatorSettings): CoordinatorVariables {
  const namespace = encoderNamespaceOf(args);
  const subjects = (names: readonly string[]) =>
    namespace.apply((one) => names.map((name) => subjectOf(one, name)).join(","));
  const { serviceAccounts = [], emails = [] } = args.clients ?? {};
  const clients = sorted(serviceAccounts.map((one) => subjectOf(one.namespace, one.name)));
  return {
    MPEGFLOW_AUDIENCE: COORDINATOR_AUDIENCE,
    MPEGFLOW_WORKER_SUBJECTS: subjects(encoderPools),
    MPEGFLOW_SCALER_SUBJECTS: subjects(encoderPools.map(pollerOf)),
    ...(clients.length > 0 && { MPEGFLOW_CLIENT_SUBJECTS: clients.join(",") }),
    ...(emails.length > 0 && { MPEGFLOW_CLIENT_EMAILS: sorted(emails).join(",") }),
  };
}
