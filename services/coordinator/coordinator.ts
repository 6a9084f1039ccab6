import type { Server } from "node:http";
import { Server as HttpsServer } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import {
  type AuthConfig,
  type Authenticate,
  authenticateBy,
  googleTokens,
  tokenReviews,
  trustEverybody,
} from "./auth/index.ts";
import { type Backlog, startBacklog } from "./queue/backlog.ts";
import { heartbeatShare } from "./leases/claim.ts";
import { startCleanUp } from "./jobs/clean-up.ts";
import type { Config } from "./config.ts";
import { parseMessage } from "./jobs/job-request.ts";
import { loadKeys } from "./signing/keys.ts";
import { startDeadLetters } from "./queue/dead-letters.ts";
import { createMetrics } from "./metrics.ts";
import type { Broker } from "./ports.ts";
import { remindersIn } from "./queue/reminders.ts";
import { backToQueue } from "./jobs/requeue.ts";
import { encryptionKeys } from "./signing/encryption-keys.ts";
import { openStores } from "./open-stores.ts";
import { presence } from "./queue/presence.ts";
import { connectMessaging } from "./queue/queue.ts";
import { secretManager } from "./signing/secrets.ts";
import type { ServerState } from "./http/server-state.ts";
import { createServer } from "./http/server.ts";
import { type SignBlob, signBlobWith } from "./signing/sign-blob.ts";
import { endpointFor, signerFor } from "./signing/signer.ts";
import { startUploads } from "./uploads/uploads.ts";
import { inputsIn } from "./stores/input-index.ts";
import { slotsIn } from "./stores/slots.ts";
import { type FollowedCertificate, openCertificate } from "./tls/certificate.ts";
import { isLoopback } from "./tls/config.ts";
import { objectsIn, openBucket, recordsIn } from "./stores/storage.ts";

export interface Coordinator {
  /** `https://host:port`, or `http://host:port` without a certificate. */
  readonly url: string;
  /** `http://host:port` where plain HTTP is served beside HTTPS. */
  readonly plaintextUrl: string | undefined;
  /** Takes no more work, hands back what waits, answers what is under way, closes. */
  drain(): Promise<void>;
}

/**
 * Wires configuration, Google's clients and the HTTP server. It listens at once; leases are given as soon as the
 * keys are there, which is tried until it works: a new pod's identity, and a new grant, take a while.
 *
 * @throws when a port is taken, or there is no certificate to serve.
 */
export async function startCoordinator(config: Config, log: Logger): Promise<Coordinator> {
  const now = (): Date => new Date();
  const readSecret = secretManager(config.secretManagerEmulator);
  const messaging = await connectMessaging({
    ...config,
    ...(config.uploads && { uploadsSubscription: config.uploads.subscription }),
  });
  const others: { drain(): Promise<void> }[] = [];
  const bucket = openBucket({ ...config, isEmulated: config.storageEmulator !== undefined });

  const heard = presence(presenceShare * heartbeatShare * config.leaseSeconds, now);
  const auth = authentication(config.auth, now, log);
  const state: { -readonly [Key in keyof ServerState]: ServerState[Key] } = {
    working: undefined,
    notReadyBecause: "the keys are not loaded yet",
    isDraining: false,
    authenticate: auth.authenticate,
    presence: heard,
    metrics: createMetrics({ backlog: () => state.working?.backlog.size ?? 0, ...heard }, true),
    project: config.project,
    access: config.access,
    clientRequestsPerMinute: config.clientRequestsPerMinute,
  };
  const certificate = config.tls && (await openCertificate(config.tls, { now, log }));
  const app = createServer({ state, log, ...(certificate && { certificate: certificate.first }) });
  const plain = config.plaintextPort === undefined ? undefined : createServer({ state, log });
  if (certificate) showCertificates(certificate, app.server);
  const { host } = config;
  const url = await app.listen({ host, port: config.port, listenTextResolver });
  const plaintextUrl = await plain?.listen({ host, port: config.plaintextPort ?? 0, listenTextResolver });

  const stopping = new AbortController();
  const loading = loadKeys({
    config,
    readSecret,
    signBlob: signBlobFor(config),
    openStores: (signing) => openStores(config, signing, readSecret, now),
    signal: stopping.signal,
    onFailure: (reason) => {
      state.notReadyBecause = reason;
      log.error({ reason }, "loading the keys failed; trying again");
    },
  }).then((keys) => {
    if (keys === undefined || stopping.signal.aborted) return;
    const { stores: otherStores, ...signing } = keys;
    const broker: Broker = {
      settings: { ...config, isInClear: config.tls === undefined && !isLoopback(config.host) },
      records: recordsIn(bucket, config.jobsPrefix),
      objects: objectsIn(bucket),
      otherStores,
      readEncryptionKey: encryptionKeys(readSecret, config.encryptionKeySecrets, () => now().getTime()),
      reminders: remindersIn(bucket, config.jobsPrefix),
      inputs: inputsIn(bucket, config.jobsPrefix),
      slots: slotsIn(bucket, config.jobsPrefix),
      metrics: state.metrics,
      queue: messaging.queue,
      jobs: messaging.jobs,
      events: messaging.events,
      sign: signerFor({
        key: signing.write,
        readKey: signing.read,
        bucket: config.bucket,
        endpoint: endpointFor(config.storageEmulator),
        ttlSeconds: config.urlTtlSeconds,
        now,
      }),
      leaseKey: signing.lease,
      now,
      log,
    };
    state.working = { broker, backlog: backlogFor(config, broker) };
    if (config.uploads && messaging.uploads) {
      others.push(startUploads(broker, messaging.uploads, { ...config.uploads, bucket: config.bucket }));
    }
    if (messaging.deadLetters) others.push(startDeadLetters(broker, messaging.deadLetters));
    const cleaning = startCleanUp(broker);
    others.push({ drain: cleaning.stop });
    log.info({ bucket: config.bucket, subscription: config.jobsSubscription }, "keys loaded, taking jobs");
  });

  return {
    url,
    plaintextUrl,
    async drain() {
      state.isDraining = true;
      stopping.abort();
      await loading;
      await Promise.all([state.working?.backlog.drain(), ...others.map((other) => other.drain())]);
      certificate?.stop();
      await Promise.all([app.close(), plain?.close()]);
      await Promise.all([messaging.close(), auth.close()]);
      log.info("coordinator drained");
    },
  };
}

const listenTextResolver = (address: string): string => `coordinator is listening at ${address}`;

/** New connections get the newest certificate; those that are open stay. */
function showCertificates(certificate: FollowedCertificate, server: Server): void {
  if (!(server instanceof HttpsServer)) throw new Error("a server with a certificate serves HTTPS");
  certificate.follow(({ cert, key }) => {
    server.setSecureContext({ cert, key });
  });
}

/** Heartbeats for which a lease counts as running at the replica that heard of it last. */
const presenceShare = 1.5;

function authentication(
  config: AuthConfig,
  now: () => Date,
  log: Logger,
): { authenticate: Authenticate; close: () => Promise<void> } {
  if (config.kind === "none") {
    log.warn(
      "AUTHENTICATION IS OFF: whoever reaches this coordinator may submit jobs and claim leases; set MPEGFLOW_AUTHENTICATION to kubernetes",
    );
    return { authenticate: trustEverybody, close: () => Promise.resolve() };
  }
  const reviewToken = tokenReviews(config);
  const reviewGoogleToken = googleTokens();
  return {
    authenticate: authenticateBy(config, { reviewToken, reviewGoogleToken, now, sleep, log }),
    close: reviewToken.close,
  };
}

const backlogFor = (config: Config, broker: Broker): Backlog =>
  startBacklog({
    queue: broker.queue,
    capacity: config.backlog,
    ackSeconds: config.leaseSeconds,
    holdSeconds: config.backlogSeconds,
    giveBack: (message) => {
      const parsed = parseMessage(message.data);
      return parsed.kind === "request"
        ? backToQueue(broker, message, parsed.request, 0)
        : broker.queue.extend([message.ackId], 0);
    },
    now: broker.now,
    log: broker.log,
  });

const signBlobFor = ({ signer, iamCredentialsEmulator: url }: Config): SignBlob =>
  signer.kind === "signBlob"
    ? signBlobWith({ url, perSecond: signer.perSecond, atOnce: signer.atOnce })
    : () => Promise.reject(new Error(`a coordinator that signs by ${signer.kind} has no use for signBlob`));
