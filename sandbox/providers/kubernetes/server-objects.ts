import { z } from "zod";
import {
  accessOf,
  apiClient,
  ApiError,
  discoverPaths,
  type ApiClient,
  type Paths,
} from "../../kubernetes/client/index.ts";
import { Refusal } from "../refusal.ts";
import { objectOf, textOf, type Properties } from "../values.ts";
import type { Objects } from "./cluster-objects.ts";
import type { ObjectKey } from "./cluster-objects.ts";

/** The real provider's, so that its objects and ours have one owner. */
const fieldManager = "pulumi-kubernetes";

const servers = new Map<string, { client: ApiClient; paths: Paths }>();

/** An engine asks for hundreds of objects of one cluster: one connection and one discovery for all. */
function serverOf(kubeconfig: string): { client: ApiClient; paths: Paths } {
  const known = servers.get(kubeconfig);
  if (known !== undefined) return known;
  const client = apiClient(accessOf(kubeconfig));
  const server = { client, paths: discoverPaths(client) };
  servers.set(kubeconfig, server);
  return server;
}

/**
 * Objects of a real API server, as the real provider treats them: server-side apply by its field manager, unknown fields refused, deletion
 * in the foreground.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 *
 * @param config of the provider: `enablePatchForce`
 */
export function serverObjects(kubeconfig: string, config: Properties): Objects {
  const { client, paths } = serverOf(kubeconfig);
  const place = (key: ObjectKey): Promise<string> => paths.of(key);

  const patch = async (key: ObjectKey, manifest: Properties, query: Record<string, string>) => {
    const annotations = objectOf(objectOf(manifest["metadata"])["annotations"]);
    const force = [config["enablePatchForce"], annotations["pulumi.com/patchForce"]].some(
      (one) => one === true || one === "true",
    );
    const body = { ...manifest, apiVersion: key.apiVersion, kind: key.kind };
    return propertiesOf(
      await client.patch(await place(key), "apply", body, {
        fieldManager,
        fieldValidation: "Strict",
        ...query,
        ...(force && { force: "true" }),
      }),
    );
  };
  const get = async (key: ObjectKey): Promise<Properties | undefined> => {
    try {
      const found = await client.find(await place(key));
      return found && propertiesOf(found);
    } catch (error) {
      // A kind that is gone has no objects.
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  };
  const ensureNew = async (key: ObjectKey): Promise<void> => {
    if ((await get(key)) !== undefined) {
      const name = key.namespace === undefined ? key.name : `${key.namespace}/${key.name}`;
      throw new Refusal(
        `resource ${name} was not successfully created: ${key.kind} "${key.name}" already exists`,
      );
    }
  };

  return {
    create: (key, manifest) =>
      refusing(async () => {
        await ensureNew(key);
        return patch(key, manifest, {});
      }),
    apply: (key, manifest) => refusing(() => patch(key, manifest, {})),
    get: (key) => refusing(() => get(key)),
    delete: (key, manifest) =>
      refusing(async () => {
        const annotations = objectOf(objectOf(manifest["metadata"])["annotations"]);
        const policy = textOf(annotations["pulumi.com/deletionPropagationPolicy"]) ?? "foreground";
        const propagationPolicy = policy.charAt(0).toUpperCase() + policy.slice(1);
        try {
          await client.delete(await place(key), { propagationPolicy });
        } catch (error) {
          if (error instanceof ApiError && error.code === 404) return;
          throw error;
        }
      }),
    server: {
      rehearse: (key, manifest, creating) =>
        refusing(async () => {
          try {
            if (key.namespace !== undefined) await client.get(`/api/v1/namespaces/${key.namespace}`);
            await place(key);
          } catch (error) {
            // Made by the same update, before this object.
            if (error instanceof ApiError && error.code === 404) return;
            throw error;
          }
          if (creating) await ensureNew(key);
          await patch(key, manifest, { dryRun: "All" });
        }),
      podReasons: async (namespace, selector) => {
        const labelSelector = Object.entries(objectOf(selector["matchLabels"]))
          .map(([label, value]) => `${label}=${textOf(value) ?? ""}`)
          .join(",");
        const { items } = await client.list(`/api/v1/namespaces/${namespace}/pods`, { labelSelector });
        return items.flatMap((pod) => podReasons(pod));
      },
      readyEndpoints: async (namespace, name) => {
        const { items } = await client.list(
          `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
          {
            labelSelector: `kubernetes.io/service-name=${name}`,
          },
        );
        return items.reduce(
          (sum, slice) =>
            sum +
            (sliceSchema.parse(slice).endpoints ?? []).filter(({ conditions }) => conditions.ready !== false)
              .length,
          0,
        );
      },
    },
  };
}

const sliceSchema = z.looseObject({
  endpoints: z
    .array(z.looseObject({ conditions: z.looseObject({ ready: z.boolean().nullish() }).default({}) }))
    .nullish(),
});

const waiting = z.looseObject({ reason: z.string().default(""), message: z.string().default("") });
const podSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z.looseObject({
    message: z.string().default(""),
    conditions: z
      .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().default("") }))
      .default([]),
    containerStatuses: z
      .array(
        z.looseObject({
          name: z.string(),
          state: z.looseObject({ waiting: waiting.optional() }),
        }),
      )
      .default([]),
  }),
});

/** What keeps a pod from being ready, in the words of its node or its scheduler. */
function podReasons(pod: unknown): string[] {
  const { metadata, status } = podSchema.parse(pod);
  const is = (type: string): boolean =>
    status.conditions.some((one) => one.type === type && one.status === "True");
  if (is("Ready")) return [];
  const containers = status.containerStatuses.flatMap(({ state }) =>
    state.waiting === undefined ? [] : [`${state.waiting.reason} ${state.waiting.message}`.trim()],
  );
  const unmet = status.conditions.filter(({ status: met, message }) => met !== "True" && message !== "");
  const reasons = [status.message, ...containers, ...unmet.map(({ message }) => message)].filter(
    (one) => one !== "",
  );
  return [`pod ${metadata.name}: ${reasons[0] ?? "no reason given"}`];
}

/** The API server's own words, as a refusal that concerns the resource. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError && error.code < 500) {
      throw new Refusal(error.message);
    }
    throw error;
  }
}

/** JSON is what property values are. */
const propertiesOf = (object: object): Properties => object as Properties;
