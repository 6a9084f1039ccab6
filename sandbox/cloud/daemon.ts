import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { programOf } from "../cluster/index.ts";
import { openStore } from "../gcs/index.ts";
import { credentialsServer, openAccountKeys, openIam, signedTokens, type Tokens } from "../iam/index.ts";
import { regionOfCluster } from "../kubernetes/node/index.ts";
import { metadataServer } from "../metadata/server.ts";
import type { Report } from "../process/index.ts";
import { startPubSub } from "../pubsub/index.ts";
import { openSecrets, secretsServer } from "../secrets/index.ts";
import { openDocuments } from "../state/documents.ts";
import { readCloudAddress, type CloudAddress } from "./address.ts";
import { openClusters, type LocalCluster } from "./clusters.ts";
import { controlServer } from "./control.ts";
import { deliveries } from "./deliveries.ts";
import { openIdentityTokens } from "./identity-tokens.ts";
import { openMessaging } from "./messaging.ts";
import { declaredNodePools } from "./node-pools.ts";
import { openRegions } from "./regions.ts";

export const projectId = "mpegflow-local";
export const projectNumber = "123456789012";
const deployer = "user:deployer@example.com";
const yearSeconds = 365 * 24 * 3600;

export interface Daemon {
  address: CloudAddress;
  close: () => Promise<void>;
}

/**
 * Starts the local cloud on loopback, with its state below `directory`, and writes `daemon.json` there once it can be used.
 *
 * @param options.path directories for the pods' PATH: where ffmpeg and ffprobe are
 * @param options.kubernetes whether clusters have a real API server, in place of the default stand-in
 * @param options.logger gets what happens, and what goes wrong at level error
 * @param options.report told of what has to be built first, which may take minutes
 * @param options.requestStop called when the control API is asked to stop the daemon
 */
export async function startDaemon(options: {
  directory: string;
  cacheDirectory: string;
  path: string;
  kubernetes: boolean;
  logger: Logger;
  report: Report;
  requestStop: () => void;
}): Promise<Daemon> {
  const { directory, cacheDirectory, path, kubernetes, logger, report, requestStop } = options;
  const onProblem = (problem: string): void => {
    logger.error(problem);
  };
  const clock = (): Date => new Date();
  const stateDirectory = (name: string): string => {
    const created = join(directory, name);
    mkdirSync(created, { recursive: true, mode: 0o700 });
    return created;
  };
  const addressFile = join(directory, "daemon.json");
  // The ports of the last run, so that signed URLs handed out before a restart still open.
  const last = lastAddress(join(directory, "last-daemon.json"));
  const tokens = signedTokens(persistentKey(join(stateDirectory("iam"), "token-key")), clock);
  const iam = openIam(stateDirectory("iam"), projectId, clock);
  const accountKeys = openAccountKeys(stateDirectory("iam"));
  iam.bindings.put("deployer", {
    resource: `//cloudresourcemanager.googleapis.com/projects/${projectId}`,
    role: "roles/owner",
    member: deployer,
  });

  const pubsub = await startPubSub({
    cacheDirectory,
    report,
    log: (line: string) => {
      logger.info(line);
    },
  });
  const identityTokens = openIdentityTokens(join(stateDirectory("iam"), "identity-key"), clock);
  let storageUrl = "";
  const delivering = deliveries({
    host: pubsub.host,
    projectId,
    projectNumber,
    iam,
    identityTokens,
    accessToken: (principal) => tokens.issue(principal, 60),
    storage: () => storageUrl,
    clock,
    log: (details, message) => {
      logger.warn(details, message);
    },
  });
  const messaging = await openMessaging(stateDirectory("pubsub"), pubsub.host, projectId, delivering.start);
  const store = await openStore({
    directory: stateDirectory("gcs"),
    clock,
    authorizer: iam,
    tokens,
    projectId,
    projectNumber,
    publicKeys: (email) => accountKeys.publicKeys(iam.serviceAccounts.get(email)?.uniqueId ?? ""),
    logger,
    topics: {
      exists: (topic) => messaging.topics.get(topic.replace(/^.*\//, "")) !== undefined,
      publish: messaging.publish,
    },
  });
  const storage = await onPortOf(last?.storage.url, (port) => store.listen({ host: "127.0.0.1", port }));
  storageUrl = storage.url;
  const secretManagerServer = secretsServer({
    secrets: openSecrets(stateDirectory("secrets"), clock),
    authorizer: iam,
    tokens,
    projectId,
    projectNumber,
  });
  const secretManager = await listen(secretManagerServer);
  const iamCredentialsServer = credentialsServer({ iam, keys: accountKeys, tokens, clock, projectId });
  const iamCredentials = await listen(iamCredentialsServer);

  const nodePools = declaredNodePools(
    openDocuments(join(stateDirectory("registry"), "registry.json"), (value) => value),
    () => clusters.opened,
    onProblem,
  );
  const clusters = openClusters({
    directory: stateDirectory("clusters"),
    cacheDirectory,
    kubernetes,
    isOut: (name) => regions.isOut(regionOfCluster(name)),
    poolsOf: nodePools.poolsOf,
    report,
    onProblem,
    hostOf: (name) => ({
      path,
      programOf,
      googleEnvironment: async (namespace, serviceAccount) =>
        googleEnvironment(namespace, serviceAccount, tokens, {
          storage: await regions.storage(regionOfCluster(name)),
          pubsub: pubsub.host,
          secretManager,
          iamCredentials,
        }),
    }),
  });
  const regions = openRegions({
    store,
    listen: (port, region) =>
      onFreePort(port, (free) => store.listen({ host: "127.0.0.1", port: free, region })),
    clusters: clusters.opened,
    openCluster: clusters.open,
  });

  const token = randomBytes(24).toString("base64url");
  const control = controlServer({
    token,
    iam,
    messaging,
    identityKeys: identityTokens.keys,
    registry: nodePools.registry,
    storage: store,
    regions,
    cluster: clusters.open,
    stop: requestStop,
    status: async () => ({ ready: true, pods: await podsOf(clusters.opened) }),
  });

  const address: CloudAddress = {
    pid: process.pid,
    url: await listen(control),
    token,
    projectId,
    projectNumber,
    kubernetes,
    storage: { url: storage.url },
    pubsub: { host: pubsub.host },
    secretManager: { url: secretManager },
    iamCredentials: { url: iamCredentials },
    deployerToken: tokens.issue(deployer, yearSeconds),
  };
  await Promise.all(knownClusters(directory).map(clusters.open));
  for (const file of [addressFile, join(directory, "last-daemon.json")]) {
    writeFileSync(file, JSON.stringify(address), { mode: 0o600 });
  }

  return {
    address,
    close: async () => {
      rmSync(addressFile, { force: true });
      await clusters.stop();
      await control.close();
      await secretManagerServer.close();
      await iamCredentialsServer.close();
      await storage.close();
      await regions.close();
      await messaging.close();
      await delivering.close();
      await pubsub.stop();
    },
  };
}

/** What a pod that may reach Google gets: Google's own libraries read these variables, or the coordinator does. */
async function googleEnvironment(
  namespace: string,
  serviceAccount: string,
  tokens: Tokens,
  endpoints: { storage: string; pubsub: string; secretManager: string; iamCredentials: string },
) {
  const principal = `principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${projectId}.svc.id.goog/subject/ns/${namespace}/sa/${serviceAccount}`;
  const server = metadataServer({ principal, tokens, projectId, projectNumber });
  const url = new URL(await listen(server));
  return {
    environment: {
      STORAGE_EMULATOR_HOST: endpoints.storage,
      PUBSUB_EMULATOR_HOST: endpoints.pubsub,
      SECRET_MANAGER_EMULATOR_HOST: endpoints.secretManager,
      IAM_CREDENTIALS_EMULATOR_HOST: endpoints.iamCredentials,
      GCE_METADATA_HOST: url.host,
      METADATA_SERVER_DETECTION: "assume-present",
    },
    close: () => server.close(),
  };
}

async function listen(server: FastifyInstance): Promise<string> {
  return await server.listen({ host: "127.0.0.1", port: 0 });
}

/** Listens on the port of an earlier URL when it is still free, else on any. */
async function onPortOf<T>(url: string | undefined, listenOn: (port: number) => Promise<T>): Promise<T> {
  return await onFreePort(url === undefined ? 0 : Number(new URL(url).port), listenOn);
}

async function onFreePort<T>(port: number, listenOn: (port: number) => Promise<T>): Promise<T> {
  try {
    return await listenOn(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return await listenOn(0);
  }
}

/** The address of the last run; one that another version of the sandbox wrote is of no use. */
function lastAddress(file: string): CloudAddress | undefined {
  try {
    return readCloudAddress(file);
  } catch {
    return undefined;
  }
}

function knownClusters(directory: string): string[] {
  const clusters = join(directory, "clusters");
  return existsSync(clusters) ? readdirSync(clusters) : [];
}

async function podsOf(clusters: ReadonlyMap<string, Promise<LocalCluster>>) {
  const opened = await Promise.all(
    [...clusters].map(async ([name, cluster]) => ({ name, pods: (await cluster).pods() })),
  );
  return opened.flatMap(({ name, pods }) =>
    pods.map((pod) => ({
      cluster: name,
      namespace: pod.identity.namespace,
      name: pod.identity.name,
      ready: pod.status().ready,
      reason: pod.reason(),
      restarts: pod.restarts(),
      processId: pod.processId(),
      address: pod.address(),
    })),
  );
}

function persistentKey(file: string): Uint8Array {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return readFileSync(file);
}
