import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { certificateAuthority, type Authority } from "../../services/certificates/index.ts";
import { openDocuments } from "../state/documents.ts";
import { serveApi } from "./api-server.ts";
import { deploymentStatus, openDeployments, podStarter } from "./deployments.ts";
import { recordedKinds } from "./kinds.ts";
import { dataSchema, deploymentSchema, manifestSchema, serviceSchema, type Manifest } from "./manifest.ts";
import type { Pod, PodHost } from "./pod.ts";
import type { PodSpec } from "./pod-schema.ts";
import { mayClusterWide } from "./rbac.ts";
import { admitServiceAccount, serviceAccountOf, type ServiceAccount } from "./service-accounts.ts";
import { issuer, openServiceAccountTokens, type TokenClaims } from "./service-account-tokens.ts";
import { openServices } from "./services.ts";

export interface ObjectKey {
  apiVersion: string;
  kind: string;
  /** Empty for cluster-scoped kinds. */
  namespace: string;
  name: string;
}

export interface Cluster {
  /** Creates or replaces an object and starts what it describes; answers it as the API server would. */
  apply(manifest: unknown): Promise<Manifest>;
  get(key: ObjectKey): Manifest | undefined;
  /** False when there was none. */
  delete(key: ObjectKey): Promise<boolean>;
  pods(): readonly Pod[];
  /** Stops all pods and forwarders; the objects stay declared. */
  stop(): Promise<void>;
}

/**
 * A Kubernetes cluster's stand-in: declared objects are kept below `directory`, Deployments run as local processes, Services as loopback
 * forwarders, and pods authenticate each other by service account tokens that its API server reviews.
 */
export async function openCluster(
  name: string,
  directory: string,
  host: Pick<PodHost, "path" | "programOf" | "googleEnvironment"> & { report: (problem: string) => void },
): Promise<Cluster> {
  mkdirSync(directory, { recursive: true });
  const objects = openDocuments(join(directory, "objects.json"), (value) => manifestSchema.parse(value));
  const tokens = openServiceAccountTokens(join(directory, "service-account-key"));
  const authority = await keptAuthority(directory, name);
  let queue: Promise<unknown> = Promise.resolve();
  /** One change at a time, as a controller works off its queue. */
  const serially = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };

  const serviceAccount = (namespace: string, account: string): ServiceAccount | undefined =>
    serviceAccountOf(
      objects.get(idOf({ apiVersion: "v1", kind: "ServiceAccount", namespace, name: account })),
      namespace,
      account,
    );
  const api = await serveApi({
    certified: await authority.issue({
      commonName: "kube-apiserver",
      hosts: ["127.0.0.1", "localhost", "kubernetes.default.svc"],
    }),
    tokens,
    exists: ({ "kubernetes.io": { namespace, serviceaccount, pod } }: TokenClaims) =>
      serviceAccount(namespace, serviceaccount.name)?.uid === serviceaccount.uid &&
      (pod === undefined || deployments.pods().some(({ identity }) => identity.uid === pod.uid)),
    may: (account, action) =>
      mayClusterWide(
        objects.entries().map(([, manifest]) => manifest),
        account,
        action,
      ),
  });

  const data = (kind: "ConfigMap" | "Secret") => (namespace: string, dataName: string) => {
    if (kind === "ConfigMap" && dataName === "kube-root-ca.crt") {
      return Promise.resolve(new Map([["ca.crt", Buffer.from(authority.certificate)]]));
    }
    const found = objects.get(idOf({ apiVersion: "v1", kind, namespace, name: dataName }));
    return Promise.resolve(found && dataOf(found));
  };
  const podHost: PodHost = {
    ...host,
    directory: join(directory, "pods"),
    logDirectory: join(directory, "logs"),
    resolveService: (service) => services.resolve(service),
    apiServer: () => Promise.resolve(api.address),
    configMap: data("ConfigMap"),
    secret: data("Secret"),
    token: ({ namespace, name: podName, uid, serviceAccount: account }, { audience, expirationSeconds }) => {
      const found = serviceAccount(namespace, account);
      if (found === undefined) throw new Error(`serviceaccount "${account}" not found`);
      return Promise.resolve(
        tokens.issue({
          namespace,
          serviceAccount: { name: account, uid: found.uid },
          pod: { name: podName, uid },
          audiences: [audience ?? issuer],
          expirationSeconds,
        }),
      );
    },
  };
  const admit = (namespace: string, spec: PodSpec): PodSpec =>
    admitServiceAccount(
      spec,
      serviceAccount(namespace, spec.serviceAccountName) ?? { uid: "", automount: true },
    );
  const deployments = openDeployments(podStarter(podHost, admit));
  const services = openServices(() => deployments.pods());

  const reconcile = async (manifest: Manifest): Promise<void> => {
    if (manifest.kind === "Deployment") {
      const deployment = deploymentSchema.parse(manifest);
      await deployments.reconcile(deployment, deployment.spec.replicas);
    } else if (manifest.kind === "Service") {
      const { metadata, spec } = serviceSchema.parse(manifest);
      await services.declare(`${metadata.namespace ?? "default"}/${metadata.name}`, spec);
    } else if (!recordedKinds.some((kind) => kind === manifest.kind)) {
      throw new Error(
        `the sandbox's cluster models Deployment, Service, ${recordedKinds.join(", ")}; not ${manifest.apiVersion} ${manifest.kind}`,
      );
    }
  };

  const live = (manifest: Manifest): Manifest => {
    const id = `${manifest.metadata.namespace ?? "default"}/${manifest.metadata.name}`;
    if (manifest.kind === "Deployment") {
      const { spec } = deploymentSchema.parse(manifest);
      return { ...manifest, status: deploymentStatus(manifest, deployments.podsOf(id), spec.replicas) };
    }
    if (manifest.kind === "Service") {
      return { ...manifest, status: { loadBalancer: {}, address: services.address(id) } };
    }
    return manifest;
  };

  const apply = async (given: unknown): Promise<Manifest> => {
    const manifest = manifestSchema.parse(given);
    const id = idOfManifest(manifest);
    const old = objects.get(id);
    const accepted: Manifest = {
      ...manifest,
      metadata: {
        ...manifest.metadata,
        uid: old?.metadata["uid"] ?? randomUUID(),
        creationTimestamp: old?.metadata["creationTimestamp"] ?? new Date().toISOString(),
        generation: Number(old?.metadata["generation"] ?? 0) + 1,
        resourceVersion: String(Number(old?.metadata["resourceVersion"] ?? 0) + 1),
      },
    };
    await reconcile(accepted);
    objects.put(id, accepted);
    return live(accepted);
  };

  const remove = async (key: ObjectKey): Promise<boolean> => {
    if (!objects.delete(idOf(key))) return false;
    const local = `${key.namespace || "default"}/${key.name}`;
    if (key.kind === "Deployment") await deployments.delete(local);
    else if (key.kind === "Service") await services.declare(local, undefined);
    return true;
  };

  for (const [id, manifest] of objects.entries()) {
    await reconcile(manifest).catch((error: unknown) => {
      host.report(`cluster ${name}: ${id} cannot start again: ${describeManifestError(error)}`);
    });
  }

  return {
    apply: (manifest) => serially(() => apply(manifest)),
    get: (key) => {
      const manifest = objects.get(idOf(key));
      return manifest && live(manifest);
    },
    delete: (key) => serially(() => remove(key)),
    pods: () => deployments.pods(),
    stop: () =>
      serially(async () => {
        await deployments.stop();
        await services.close();
        await api.close();
      }),
  };
}

/** The authority of this cluster's API server, the same after a restart. */
async function keptAuthority(directory: string, name: string): Promise<Authority> {
  const file = join(directory, "authority.json");
  const kept = existsSync(file)
    ? z.object({ certificate: z.string(), key: z.string() }).parse(JSON.parse(readFileSync(file, "utf8")))
    : undefined;
  const authority = await certificateAuthority(`mpegflow sandbox ${name}`, kept);
  const { certificate, key } = authority;
  if (kept === undefined) writeFileSync(file, JSON.stringify({ certificate, key }), { mode: 0o600 });
  return authority;
}

function dataOf(manifest: Manifest): ReadonlyMap<string, Uint8Array> {
  const { data, binaryData, stringData } = dataSchema.parse(manifest);
  const encoding = manifest.kind === "Secret" ? "base64" : "utf8";
  return new Map([
    ...Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)] as const),
    ...Object.entries(binaryData).map(([key, value]) => [key, Buffer.from(value, "base64")] as const),
    ...Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value)] as const),
  ]);
}

const idOf = ({ apiVersion, kind, namespace, name }: ObjectKey): string =>
  `${apiVersion}/${kind}/${namespace}/${name}`;

const idOfManifest = ({ apiVersion, kind, metadata }: Manifest): string =>
  idOf({ apiVersion, kind, namespace: metadata.namespace ?? "", name: metadata.name });

/** For error answers: what is wrong with a manifest, in one sentence. */
export function describeManifestError(error: unknown): string {
  return error instanceof z.ZodError
    ? z.prettifyError(error)
    : error instanceof Error
      ? error.message
      : String(error);
}
