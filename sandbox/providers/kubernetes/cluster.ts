import { found, type Cloud } from "../cloud.ts";
import type { Context } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { isObject, isUnknown, textOf, type Properties, type Value } from "../values.ts";
import type { ObjectKey, Objects } from "./cluster-objects.ts";

/** The local cluster that a provider instance means: the name of its context. */
export function clusterOf(config: Properties): string | undefined {
  return (
    textOf(config["context"]) ??
    contextOfKubeconfig(textOf(config["kubeconfig"])) ??
    textOf(config["cluster"])
  );
}

/** `current-context` of a kubeconfig in JSON or YAML. */
function contextOfKubeconfig(kubeconfig: string | undefined): string | undefined {
  if (kubeconfig === undefined || isUnknown(kubeconfig)) return undefined;
  try {
    const parsed = JSON.parse(kubeconfig) as Value;
    return isObject(parsed) ? textOf(parsed["current-context"]) : undefined;
  } catch {
    return /^current-context:\s*["']?([^"'\s]+)/m.exec(kubeconfig)?.[1];
  }
}

/** Pods get their termination grace before an object is gone or replaced; `fetch` itself gives up after 300 s. */
const timeout = 290_000;

/** @throws {@link Refusal} when the provider names no cluster */
export async function objectsOf(context: Context): Promise<Objects> {
  const cluster = clusterOf(context.config);
  if (cluster === undefined || isUnknown(cluster)) {
    throw new Refusal(
      "the kubernetes provider names no cluster: set its context, e.g. `new kubernetes.Provider(name, { context: CLUSTER })`",
    );
  }
  const cloud: Cloud = context.cloud();
  if (cloud.kubernetes) {
    // Loaded where it is needed: the plugin starts with every command.
    const { serverObjects } = await import("./server-objects.ts");
    // The first call starts the control plane.
    const { kubeconfig } = await cloud.control({ method: "GET", path: ["clusters", cluster], timeout });
    return serverObjects(textOf(kubeconfig) ?? "", context.config);
  }
  const path = ({ apiVersion, kind, namespace, name }: ObjectKey): string[] => [
    "clusters",
    cluster,
    "objects",
    apiVersion,
    kind,
    namespace ?? "-",
    name,
  ];
  return {
    create: (key, manifest) =>
      cloud.control({ method: "PUT", path: path(key), query: { create: "true" }, body: manifest, timeout }),
    apply: (key, manifest) => cloud.control({ method: "PUT", path: path(key), body: manifest, timeout }),
    get: (key) => found(cloud.control({ method: "GET", path: path(key) })),
    delete: async (key) => {
      await found(cloud.control({ method: "DELETE", path: path(key), timeout }));
    },
  };
}
