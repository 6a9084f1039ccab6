import { z } from "zod";
import type { ApiAccess } from "./access.ts";
import { apiClient, fieldManager, unlessMissing, type ApiClient, type KubeObject } from "./client.ts";
import { discoverPaths } from "./paths.ts";

/**
 * Client of one API server, by kind; paths come from discovery. Every call throws ApiError when the API server refuses.
 */
export interface KubernetesClient {
  /** One call of the API; the answer's body, unchecked. */
  call: ApiClient["call"];
  /**
   * Server-side apply with force, as field manager `mpegflow-sandbox`, of an object of any kind that the API server serves.
   *
   * @param options.dryRun answers what would be, and keeps nothing
   * @throws ApiError also for a field that the kind does not have
   */
  apply(object: unknown, options?: { dryRun?: boolean }): Promise<KubeObject>;
  /**
   * Undefined when there is none, and no such kind.
   *
   * @param namespace ignored for a kind without; @default `default`
   */
  get(apiVersion: string, kind: string, name: string, namespace?: string): Promise<KubeObject | undefined>;
  /** False when there was none. */
  delete(apiVersion: string, kind: string, name: string, namespace?: string): Promise<boolean>;
  /** @throws NoSuchKind */
  pathOf(apiVersion: string, kind: string, name: string, namespace?: string): Promise<string>;
  close(): Promise<void>;
}

const declaredSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

export function kubernetesClient(access: ApiAccess): KubernetesClient {
  const client = apiClient(access);
  const paths = discoverPaths(client);
  const pathOf: KubernetesClient["pathOf"] = (apiVersion, kind, name, namespace = "default") =>
    paths.of({ apiVersion, kind, namespace, name });
  return {
    call: client.call,
    apply: async (object, { dryRun = false } = {}) => {
      const declared = declaredSchema.parse(object);
      const { apiVersion, kind, metadata } = declared;
      return client.patch(
        await pathOf(apiVersion, kind, metadata.name, metadata.namespace),
        "apply",
        declared,
        {
          ...{ fieldManager, force: "true", fieldValidation: "Strict" },
          ...(dryRun && { dryRun: "All" }),
        },
      );
    },
    get: (...key) => unlessMissing(pathOf(...key).then((path) => client.get(path))),
    delete: async (...key) => {
      const deleted = pathOf(...key)
        .then((path) => client.delete(path))
        .then(() => true);
      return (await unlessMissing(deleted)) ?? false;
    },
    pathOf,
    close: client.close,
  };
}
