import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { openDocuments } from "../state/documents.ts";
import {
  deploymentSchema,
  manifestSchema,
  serviceSchema,
  type Deployment,
  type Manifest,
} from "./manifest.ts";
import { startPod, type Pod, type PodHost } from "./pod.ts";
import { forwardService, type ServiceForwarder } from "./service-forwarder.ts";

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

/** Kinds that are only recorded here: nothing on this machine enforces or needs them. */
const recordedKinds = ["Namespace", "ServiceAccount", "ConfigMap", "PodDisruptionBudget", "NetworkPolicy"];

const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/**
 * A Kubernetes cluster's stand-in: declared objects are kept below `directory`, Deployments run as local processes, Services as loopback
 * forwarders.
 */
export async function openCluster(
  name: string,
  directory: string,
  host: Pick<PodHost, "path" | "programOf" | "googleEnvironment"> & { report: (problem: string) => void },
): Promise<Cluster> {
  mkdirSync(directory, { recursive: true });
  const objects = openDocuments(join(directory, "objects.json"), (value) => manifestSchema.parse(value));
  const deployments = new Map<string, { templateHash: string; pods: Pod[] }>();
  const services = new Map<
    string,
    { forwarder: ServiceForwarder; selector: Record<string, string> | undefined }
  >();
  let queue: Promise<unknown> = Promise.resolve();
  /** One change at a time, as a controller works off its queue. */
  const serially = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };

  const allPods = (): Pod[] => [...deployments.values()].flatMap(({ pods }) => pods);
  /** A Service keeps its address for as long as the cluster runs, because pods were started with it. */
  const forwarderOf = async (id: string) => {
    const known = services.get(id);
    if (known !== undefined) return known;
    const [namespace] = id.split("/");
    const readyAddresses = (): string[] => {
      const selector = services.get(id)?.selector;
      if (selector === undefined) return [];
      return allPods()
        .filter((pod) => pod.namespace === namespace && pod.ready())
        .filter((pod) => Object.entries(selector).every(([label, value]) => pod.labels[label] === value))
        .flatMap((pod) => pod.address() ?? []);
    };
    const created = { forwarder: await forwardService(readyAddresses), selector: undefined };
    services.set(id, created);
    return created;
  };
  const podHost: PodHost = {
    ...host,
    directory: join(directory, "pods"),
    logDirectory: join(directory, "logs"),
    resolveService: async (service) => (await forwarderOf(service)).forwarder.address,
  };

  const reconcileDeployment = async (deployment: Deployment): Promise<void> => {
    const { name: deploymentName, namespace = "default" } = deployment.metadata;
    const id = `${namespace}/${deploymentName}`;
    const templateHash = JSON.stringify(deployment.spec.template);
    const current = deployments.get(id) ?? { templateHash, pods: [] };
    deployments.set(id, current);
    // Recreate instead of rolling: a sandbox's pods are few, and half of two workers is none at work.
    const keep = current.templateHash === templateHash ? deployment.spec.replicas : 0;
    await Promise.all(current.pods.splice(keep).map((pod) => pod.stop()));
    current.templateHash = templateHash;
    while (current.pods.length < deployment.spec.replicas) {
      const suffix = Array.from(
        { length: 5 },
        () => suffixAlphabet[Math.floor(Math.random() * suffixAlphabet.length)],
      ).join("");
      current.pods.push(
        await startPod(`${deploymentName}-${suffix}`, namespace, deployment.spec.template, podHost),
      );
    }
  };

  const reconcile = async (manifest: Manifest): Promise<void> => {
    if (manifest.kind === "Deployment") {
      await reconcileDeployment(deploymentSchema.parse(manifest));
    } else if (manifest.kind === "Service") {
      const { metadata, spec } = serviceSchema.parse(manifest);
      const id = `${metadata.namespace ?? "default"}/${metadata.name}`;
      services.set(id, { ...(await forwarderOf(id)), selector: spec.selector });
    } else if (!recordedKinds.includes(manifest.kind)) {
      throw new Error(
        `the sandbox's cluster models Deployment, Service, ${recordedKinds.join(", ")}; not ${manifest.apiVersion} ${manifest.kind}`,
      );
    }
  };

  const live = (manifest: Manifest): Manifest => {
    const namespace = manifest.metadata.namespace ?? "default";
    if (manifest.kind === "Deployment") {
      const { spec } = deploymentSchema.parse(manifest);
      const pods = deployments.get(`${namespace}/${manifest.metadata.name}`)?.pods ?? [];
      const ready = pods.filter((pod) => pod.ready()).length;
      return {
        ...manifest,
        status: {
          observedGeneration: manifest.metadata["generation"],
          replicas: pods.length,
          updatedReplicas: pods.length,
          readyReplicas: ready,
          availableReplicas: ready,
          unavailableReplicas: spec.replicas - ready,
          pods: pods.map((pod) => ({
            name: pod.name,
            ready: pod.ready(),
            reason: pod.reason(),
            restarts: pod.restarts(),
            processId: pod.processId(),
          })),
        },
      };
    }
    if (manifest.kind === "Service") {
      const address = services.get(`${namespace}/${manifest.metadata.name}`)?.forwarder.address;
      return { ...manifest, status: { loadBalancer: {}, address } };
    }
    return manifest;
  };

  const apply = async (given: unknown): Promise<Manifest> => {
    const manifest = manifestSchema.parse(given);
    const id = idOf(manifest);
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
    const id = idOf({ ...key, metadata: { name: key.name, namespace: key.namespace } });
    if (!objects.delete(id)) return false;
    const local = `${key.namespace || "default"}/${key.name}`;
    if (key.kind === "Deployment") {
      await Promise.all((deployments.get(local)?.pods ?? []).map((pod) => pod.stop()));
      deployments.delete(local);
    } else if (key.kind === "Service") {
      const service = services.get(local);
      if (service !== undefined) services.set(local, { ...service, selector: undefined });
    }
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
      const manifest = objects.get(idOf({ ...key, metadata: { name: key.name, namespace: key.namespace } }));
      return manifest && live(manifest);
    },
    delete: (key) => serially(() => remove(key)),
    pods: allPods,
    stop: () =>
      serially(async () => {
        await Promise.all([
          ...allPods().map((pod) => pod.stop()),
          ...[...services.values()].map(({ forwarder }) => forwarder.close()),
        ]);
        deployments.clear();
        services.clear();
      }),
  };
}

function idOf({
  apiVersion,
  kind,
  metadata,
}: {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string | undefined };
}): string {
  return `${apiVersion}/${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
}

/** For error answers: what is wrong with a manifest, in one sentence. */
export function describeManifestError(error: unknown): string {
  return error instanceof z.ZodError
    ? z.prettifyError(error)
    : error instanceof Error
      ? error.message
      : String(error);
}
