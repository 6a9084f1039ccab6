import type { Properties } from "../values.ts";

/** A Kubernetes object's place in its cluster. */
export interface ObjectKey {
  apiVersion: string;
  kind: string;
  /** Undefined for cluster-scoped kinds. */
  namespace: string | undefined;
  name: string;
}

/** The objects of the cluster that a provider instance is for. */
export interface Objects {
  /** @throws when it exists already */
  create: (key: ObjectKey, manifest: Properties) => Promise<Properties>;
  apply: (key: ObjectKey, manifest: Properties) => Promise<Properties>;
  get: (key: ObjectKey) => Promise<Properties | undefined>;
  delete: (key: ObjectKey, manifest: Properties) => Promise<void>;
  /** What a real API server has and the default stand-in lacks. */
  server?: ServerObjects;
}

/** What only a real API server can tell. */
export interface ServerObjects {
  /** Says what creating or applying would; nothing where the namespace or the kind are not there yet. */
  rehearse: (key: ObjectKey, manifest: Properties, creating: boolean) => Promise<void>;
  /** Why the pods that a selector means are not ready. */
  podReasons: (namespace: string, selector: Properties) => Promise<string[]>;
  /** How many endpoints of a Service are ready. */
  readyEndpoints: (namespace: string, name: string) => Promise<number>;
}
