import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster, ObjectKey } from "../../../sandbox/cluster/index.ts";
import { controlServer } from "../../../sandbox/cloud/control.ts";
import type { Messaging } from "../../../sandbox/cloud/messaging.ts";
import { openStore } from "../../../sandbox/gcs/index.ts";
import {
  credentialsServer,
  openAccountKeys,
  openIam,
  signedTokens,
  type Tokens,
} from "../../../sandbox/iam/index.ts";
import { openSecrets, secretsServer } from "../../../sandbox/secrets/index.ts";
import { openDocuments } from "../../../sandbox/state/documents.ts";
import type { CloudAddress } from "../../../sandbox/cloud/address.ts";

export const projectId = "mpegflow-local";
export const projectNumber = "123456789012";

/** The local cloud's own services, without processes: topics and Kubernetes objects are only kept. */
export interface TestCloud {
  /** What MPEGFLOW_SANDBOX_CLOUD names. */
  addressFile: string;
  address: CloudAddress;
  /** What Deployments report as their status, from their manifest. */
  statusOfDeployments: (status: (manifest: Manifest) => Record<string, unknown>) => void;
  /** Asks one of Google's APIs as the deployer. */
  storage: (method: string, path: string, body?: string) => Promise<Response>;
  control: (method: string, path: string) => Promise<Response>;
  /** Bearer tokens of any principal. */
  tokens: Tokens;
  close: () => Promise<void>;
}
type Manifest = Awaited<ReturnType<Cluster["apply"]>>;

const nothing = () => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export const readyStatus = (manifest: Manifest): Record<string, unknown> => {
  const replicas = (manifest as { spec?: { replicas?: number } }).spec?.replicas ?? 1;
  return {
    observedGeneration: manifest.metadata["generation"],
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    pods: [],
  };
};

/** @param kubeconfig of a real API server, in place of clusters that only keep objects */
export async function startTestCloud(kubeconfig?: string): Promise<TestCloud> {
  const directory = mkdtempSync(join(tmpdir(), "providers-"));
  const clock = (): Date => new Date();
  const tokens = signedTokens(Buffer.alloc(32, 7), clock);
  const iam = openIam(directory, projectId);
  const deployer = "user:deployer@example.com";
  iam.bindings.put("deployer", {
    resource: `//cloudresourcemanager.googleapis.com/projects/${projectId}`,
    role: "roles/owner",
    member: deployer,
  });
  const accountKeys = openAccountKeys(directory);
  const iamCredentials = credentialsServer({ iam, keys: accountKeys, tokens, clock, projectId });
  const messaging = keptMessaging();
  const store = await openStore({
    directory: join(directory, "gcs"),
    clock,
    authorizer: iam,
    tokens,
    projectId,
    projectNumber,
    publicKeys: (email) => accountKeys.publicKeys(iam.serviceAccounts.get(email)?.uniqueId ?? ""),
    logger: quiet,
    topics: {
      exists: (topic) => messaging.topics.get(topic.replace(/^.*\//, "")) !== undefined,
      publish: messaging.publish,
    },
  });
  const storage = await store.listen({ host: "127.0.0.1", port: 0 });
  const secrets = secretsServer({
    secrets: openSecrets(directory, clock),
    authorizer: iam,
    tokens,
    projectId,
    projectNumber,
  });
  let deploymentStatus = readyStatus;
  const clusters = new Map<string, Cluster>();
  const control = controlServer({
    token: "control-token",
    iam,
    messaging,
    registry: openDocuments(join(directory, "registry.json"), (value) => value),
    cluster: (name) => {
      const cluster = clusters.get(name) ?? keptCluster((manifest) => deploymentStatus(manifest));
      clusters.set(name, cluster);
      return Promise.resolve({
        standIn: cluster,
        kubeconfig,
        keda: undefined,
        serviceAddress: () => Promise.resolve(undefined),
      });
    },
    status: () => ({ ready: true }),
    stop: nothing,
  });
  const address: CloudAddress = {
    pid: process.pid,
    url: await control.listen({ host: "127.0.0.1", port: 0 }),
    token: "control-token",
    projectId,
    projectNumber,
    kubernetes: kubeconfig !== undefined,
    storage: { url: storage.url },
    pubsub: { host: "127.0.0.1:1" },
    secretManager: { url: await secrets.listen({ host: "127.0.0.1", port: 0 }) },
    iamCredentials: { url: await iamCredentials.listen({ host: "127.0.0.1", port: 0 }) },
    deployerToken: tokens.issue(deployer, 3600),
  };
  const addressFile = join(directory, "daemon.json");
  writeFileSync(addressFile, JSON.stringify(address));
  return {
    addressFile,
    address,
    tokens,
    statusOfDeployments: (status) => {
      deploymentStatus = status;
    },
    storage: (method, path, body) =>
      fetch(`${storage.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${address.deployerToken}`, "content-type": "application/json" },
        ...(body !== undefined && { body }),
      }),
    control: (method, path) =>
      fetch(`${address.url}${path}`, { method, headers: { authorization: "Bearer control-token" } }),
    close: async () => {
      await Promise.all([control.close(), secrets.close(), iamCredentials.close(), storage.close()]);
      rmSync(directory, { recursive: true });
    },
  };
}

function keptMessaging(): Messaging {
  const kept = <T>() => {
    const documents = new Map<string, T>();
    return {
      get: (name: string) => documents.get(name),
      put: (name: string, value: T) => Promise.resolve(void documents.set(name, value)),
      delete: (name: string) => Promise.resolve(documents.delete(name)),
    };
  };
  return {
    schemas: kept(),
    topics: kept(),
    subscriptions: kept(),
    publish: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function keptCluster(statusOf: (manifest: Manifest) => Record<string, unknown>): Cluster {
  const objects = new Map<string, Manifest>();
  const idOf = ({ kind, namespace, name }: Omit<ObjectKey, "apiVersion">) => `${kind}/${namespace}/${name}`;
  const live = (manifest: Manifest): Manifest =>
    manifest.kind === "Deployment" ? { ...manifest, status: statusOf(manifest) } : manifest;
  return {
    apply: (given) => {
      const manifest = given as Manifest;
      const id = idOf({ ...manifest, ...manifest.metadata, namespace: manifest.metadata.namespace ?? "" });
      const generation = Number(objects.get(id)?.metadata["generation"] ?? 0) + 1;
      const accepted = { ...manifest, metadata: { ...manifest.metadata, uid: `uid-of-${id}`, generation } };
      objects.set(id, accepted);
      return Promise.resolve(live(accepted));
    },
    get: (key) => {
      const found = objects.get(idOf(key));
      return found && live(found);
    },
    delete: (key) => Promise.resolve(objects.delete(idOf(key))),
    pods: () => [],
    stop: () => Promise.resolve(),
  };
}
