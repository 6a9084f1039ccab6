import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { SigningKey } from "../signing/index.ts";
import { type Backlog, startBacklog } from "./backlog.ts";
import type { Config } from "./config.ts";
import { messageOf } from "./problem.ts";
import type { Broker } from "./ports.ts";
import { connectMessaging } from "./queue.ts";
import { parseLeaseKey, type ReadSecret, secretManager } from "./secrets.ts";
import type { ServerState } from "./server-state.ts";
import { createServer } from "./server.ts";
import { endpointFor, parseSigningKey, signerFor } from "./signer.ts";
import { objectsIn, openBucket, recordsIn } from "./storage.ts";

export interface Coordinator {
  /** `http://host:port` */
  readonly url: string;
  /** Takes no more work, hands back what waits, answers what is under way, closes. */
  drain(): Promise<void>;
}

const firstRetryMs = 1000;
const longestRetryMs = 15_000;

/**
 * Wires configuration, Google's clients and the HTTP server. It listens at once; leases are given as soon as the
 * secrets are read, which is repeated until it works: a new pod's identity, and a new grant, take a while.
 *
 * @throws when the key file cannot be read or the port is taken.
 */
export async function startCoordinator(config: Config, log: Logger): Promise<Coordinator> {
  const now = (): Date => new Date();
  const fileKey =
    config.signer.kind === "rsa" ? parseSigningKey("rsa", await readFile(config.signer.keyFile)) : undefined;
  const readSecret = secretManager(config.secretManagerEmulator);
  const messaging = await connectMessaging(config);
  const bucket = openBucket({ ...config, isEmulated: config.storageEmulator !== undefined });

  const state: { -readonly [Key in keyof ServerState]: ServerState[Key] } = {
    working: undefined,
    notReadyBecause: "the secrets are not loaded yet",
    isDraining: false,
  };
  const app = createServer({ state, log });
  const url = await app.listen({
    host: config.host,
    port: config.port,
    listenTextResolver: (address) => `coordinator is listening at ${address}`,
  });

  const stopping = new AbortController();
  const loading = loadKeys(config, fileKey, readSecret, stopping.signal, (reason) => {
    state.notReadyBecause = reason;
    log.error({ reason }, "loading the secrets failed; trying again");
  }).then((keys) => {
    if (keys === undefined || stopping.signal.aborted) return;
    const broker: Broker = {
      settings: config,
      records: recordsIn(bucket, config.jobsPrefix),
      objects: objectsIn(bucket),
      queue: messaging.queue,
      jobs: messaging.jobs,
      events: messaging.events,
      sign: signerFor({
        key: keys.signing,
        bucket: config.bucket,
        endpoint: endpointFor(config.storageEmulator),
        ttlSeconds: config.urlTtlSeconds,
        now,
      }),
      leaseKey: keys.lease,
      now,
      log,
    };
    state.working = { broker, backlog: backlogFor(config, broker) };
    log.info({ bucket: config.bucket, subscription: config.jobsSubscription }, "secrets loaded, taking jobs");
  });

  return {
    url,
    async drain() {
      state.isDraining = true;
      stopping.abort();
      await loading;
      await state.working?.backlog.drain();
      await app.close();
      await messaging.close();
      log.info("coordinator drained");
    },
  };
}

const backlogFor = (config: Config, broker: Broker): Backlog =>
  startBacklog({
    queue: broker.queue,
    capacity: config.backlog,
    ackSeconds: config.leaseSeconds,
    holdSeconds: config.backlogSeconds,
    now: broker.now,
    log: broker.log,
  });

/** Reads both keys, again and again until it works or the signal fires (then undefined). */
async function loadKeys(
  config: Config,
  fileKey: SigningKey | undefined,
  readSecret: ReadSecret,
  signal: AbortSignal,
  onFailure: (reason: string) => void,
): Promise<{ signing: SigningKey; lease: Uint8Array } | undefined> {
  for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
    try {
      const [signing, lease] = await Promise.all([
        config.signer.kind === "hmac"
          ? readSecret(config.signer.secret).then((payload) => parseSigningKey("hmac", payload))
          : fileKey,
        readSecret(config.leaseSecret).then(parseLeaseKey),
      ]);
      if (signing !== undefined) return { signing, lease };
    } catch (error) {
      if (!signal.aborted) onFailure(messageOf(error));
    }
    try {
      await sleep(retryMs, undefined, { signal });
    } catch {
      return undefined;
    }
  }
}
