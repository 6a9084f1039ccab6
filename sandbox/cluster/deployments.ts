import { randomUUID } from "node:crypto";
import type { Deployment, Manifest } from "./manifest.ts";
import { startPod, type Pod, type PodHost } from "./pod.ts";
import type { PodSpec, PodTemplate } from "./pod-schema.ts";

const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** A name as the API server makes it from `generateName`. */
export function generatedName(prefix: string): string {
  const letter = (): string => suffixAlphabet[Math.floor(Math.random() * suffixAlphabet.length)] ?? "x";
  return `${prefix}-${Array.from({ length: 5 }, letter).join("")}`;
}

/** What turns a template into a running pod. */
export type StartFromTemplate = (namePrefix: string, namespace: string, template: PodTemplate) => Pod;

/** @param admit completes a pod's spec as the API server's admission does */
export function podStarter(
  host: PodHost,
  admit: (namespace: string, spec: PodSpec) => PodSpec,
): StartFromTemplate {
  return (namePrefix, namespace, template) => {
    const spec = admit(namespace, template.spec);
    return startPod(
      {
        name: generatedName(namePrefix),
        namespace,
        uid: randomUUID(),
        labels: template.metadata.labels,
        annotations: template.metadata.annotations,
        serviceAccount: spec.serviceAccountName,
        nodeName: "local",
        ip: "127.0.0.1",
        hostIp: "127.0.0.1",
      },
      spec,
      host,
    );
  };
}

/** Deployments as pods. */
export interface Deployments {
  reconcile: (deployment: Deployment, replicas: number) => Promise<void>;
  delete: (id: string) => Promise<void>;
  pods: () => Pod[];
  podsOf: (id: string) => readonly Pod[];
  stop: () => Promise<void>;
}

export function openDeployments(start: StartFromTemplate): Deployments {
  const deployments = new Map<string, { templateHash: string; pods: Pod[] }>();
  return {
    reconcile: async ({ metadata, spec }, replicas) => {
      const namespace = metadata.namespace ?? "default";
      const id = `${namespace}/${metadata.name}`;
      const templateHash = JSON.stringify(spec.template);
      const current = deployments.get(id) ?? { templateHash, pods: [] };
      deployments.set(id, current);
      // Recreate instead of a rolling update, because a sandbox has few pods.
      const keep = current.templateHash === templateHash ? replicas : 0;
      await Promise.all(current.pods.splice(keep).map((pod) => pod.stop()));
      current.templateHash = templateHash;
      while (current.pods.length < replicas)
        current.pods.push(start(metadata.name, namespace, spec.template));
    },
    delete: async (id) => {
      await Promise.all((deployments.get(id)?.pods ?? []).map((pod) => pod.stop()));
      deployments.delete(id);
    },
    pods: () => [...deployments.values()].flatMap(({ pods }) => pods),
    podsOf: (id) => deployments.get(id)?.pods ?? [],
    stop: async () => {
      await Promise.all([...deployments.values()].flatMap(({ pods }) => pods).map((pod) => pod.stop()));
      deployments.clear();
    },
  };
}

/** As the Deployment controller reports it; `pods` is the sandbox's own. */
export function deploymentStatus(manifest: Manifest, pods: readonly Pod[], replicas: number): object {
  const ready = pods.filter((pod) => pod.status().ready).length;
  return {
    observedGeneration: manifest.metadata["generation"],
    replicas: pods.length,
    updatedReplicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: replicas - ready,
    pods: pods.map((pod) => ({
      name: pod.identity.name,
      ready: pod.status().ready,
      reason: pod.reason(),
      restarts: pod.restarts(),
      processId: pod.processId(),
    })),
  };
}
