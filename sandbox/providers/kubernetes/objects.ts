import { setTimeout as sleep } from "node:timers/promises";
import type { Context, Live, Naming, ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { generatedName, isGeneratedName } from "../naming.ts";
import {
  defined,
  isList,
  isObject,
  isUnknown,
  listOf,
  objectOf,
  omit,
  textOf,
  unknown,
  type Properties,
  type Value,
} from "../values.ts";
import { objectsOf } from "./cluster.ts";
import { type Objects } from "./cluster-objects.ts";
import { type ObjectKey } from "./cluster-objects.ts";
import { fieldsOf, type Kind } from "./kinds.ts";
import { untilReady } from "./readiness.ts";

/** The real provider generates names of 8 hexadecimal digits, and says so in an annotation. */
const generatedDigits = 8;
const autonamed = { "pulumi.com/autonamed": "true" };
/**
 * How long a deleted object may stay, in seconds: for pods' grace, and for finalizers. The real provider waits 600; here nothing takes as
 * long as in a cloud.
 */
const deletionSeconds = 120;

const nameOf = (inputs: Properties): string | undefined => textOf(objectOf(inputs["metadata"])["name"]);

/**
 * Inputs with the metadata that the real provider adds: a generated name, and the provider's namespace.
 *
 * @param namespaced whether objects of this kind are in a namespace; undefined where that is not known
 */
export function completeMetadata(
  inputs: Properties,
  naming: Naming,
  namespaced: boolean | undefined,
): Properties {
  if (isUnknown(inputs["metadata"])) return inputs;
  const given = objectOf(inputs["metadata"]);
  const oldName = naming.old && nameOf(naming.old);
  return {
    ...inputs,
    metadata: {
      ...given,
      ...(namespaced === true &&
        given["namespace"] === undefined && {
          namespace: textOf(naming.config["namespace"]) ?? "default",
        }),
      ...(given["name"] === undefined && {
        name: generatedName(naming, oldName, { digits: generatedDigits, longest: 253 }),
        annotations: { ...objectOf(given["annotations"]), ...autonamed },
      }),
    },
  };
}

/** The table's row for one kind of Kubernetes object. */
export function kubernetesObject(kind: Kind): ResourceModel {
  const fields = fieldsOf(kind);
  const keyOf = (inputs: Properties): ObjectKey => ({
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    namespace: kind.namespaced ? (textOf(objectOf(inputs["metadata"])["namespace"]) ?? "default") : undefined,
    name: nameOf(inputs) ?? "",
  });
  const idOf = ({ namespace, name }: ObjectKey): string =>
    namespace === undefined ? name : `${namespace}/${name}`;
  const keyOfId = (id: string, config: Properties): ObjectKey => {
    const [first = "", second] = id.split("/");
    const namespace = second === undefined ? (textOf(config["namespace"]) ?? "default") : first;
    return {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      namespace: kind.namespaced ? namespace : undefined,
      name: second ?? first,
    };
  };
  const liveOf = (key: ObjectKey, object: Properties): Live => ({
    id: idOf(key),
    properties: defined({
      ...Object.fromEntries(Object.keys(fields).map((field) => [field, object[field]])),
      status: statusOf(object),
    }),
  });
  const awaited = async (
    key: ObjectKey,
    applied: Properties,
    objects: Objects,
    context: Context,
  ): Promise<Live> => {
    if (kind.awaited !== true) return liveOf(key, applied);
    const { live, unready } = await untilReady(applied, () => objects.get(key), context, objects.server);
    return {
      ...liveOf(key, live),
      ...(unready !== undefined && { unready: `${kind.kind} ${idOf(key)} is not ready: ${unready}` }),
    };
  };

  return {
    type: kind.token,
    fields,
    outputs: ["status"],
    changing: ["status"],
    secrets: kind.secrets ?? [],
    complete: (inputs, naming) => completeMetadata(inputs, naming, kind.namespaced),
    predict: (inputs, _config, old) =>
      old === undefined && !isUnknown(inputs["metadata"])
        ? {
            metadata: {
              ...objectOf(inputs["metadata"]),
              uid: unknown,
              resourceVersion: unknown,
              generation: unknown,
              creationTimestamp: unknown,
            },
          }
        : {},
    replaces: (path, config) =>
      kind.immutable !== undefined &&
      config[kind.immutable.unless] !== "true" &&
      config[kind.immutable.unless] !== true &&
      kind.immutable.paths.some(
        (immutable) =>
          path === immutable || (/^[.[]/.test(path.slice(immutable.length)) && path.startsWith(immutable)),
      ),
    identity: (inputs, logicalName) => {
      const name = nameOf(inputs);
      const generated = name === undefined || isGeneratedName(name, logicalName, generatedDigits);
      return generated ? undefined : idOf(keyOf(inputs));
    },
    create: async (inputs, context) => {
      const objects = await objectsOf(context);
      const key = keyOf(inputs);
      if (kind.recordedOnly !== undefined && objects.server === undefined)
        context.report(`recorded only: ${kind.recordedOnly}`);
      return awaited(key, await objects.create(key, inputs), objects, context);
    },
    rehearse: async (inputs, id, context) => {
      const { server } = await objectsOf(context);
      const key = id === undefined ? keyOf(inputs) : keyOfId(id, context.config);
      await server?.rehearse(key, inputs, id === undefined);
    },
    read: async (id, old, context) => {
      const objects = await objectsOf(context);
      const key = keyOfId(id, context.config);
      const object = await objects.get(key);
      if (object === undefined) return undefined;
      const live = liveOf(key, object);
      // Defaults and fields that the API server adds are no drift.
      return objects.server === undefined || Object.keys(old.inputs).length === 0
        ? live
        : { ...live, declared: objectOf(managed(live.properties, old.inputs)) };
    },
    update: async (id, inputs, _old, context) => {
      const objects = await objectsOf(context);
      const key = keyOfId(id, context.config);
      return awaited(key, await objects.apply(key, inputs), objects, context);
    },
    delete: async (id, old, context) => {
      const objects = await objectsOf(context);
      const key = keyOfId(id, context.config);
      await objects.delete(key, old.inputs);
      const seconds = context.timeoutSeconds ?? deletionSeconds;
      const deadline = Date.now() + seconds * 1000;
      for (let live = await objects.get(key); live !== undefined; live = await objects.get(key)) {
        if (Date.now() > deadline) {
          throw new Refusal(
            `${kind.kind} ${id} is still there ${seconds} s after its deletion${finalizersOf(live)}`,
          );
        }
        await sleep(250, undefined, { signal: context.signal }).catch(() => {
          throw new Refusal("cancelled");
        });
      }
    },
  };
}

/** The status as Kubernetes has it, without what only the local cluster adds. */
function statusOf(object: Properties): Properties | undefined {
  if (object["status"] === undefined) return undefined;
  return omit(objectOf(object["status"]), ["pods", "address"]);
}

/** Of a live value what the last inputs set, as they set it. */
function managed(live: Value | undefined, inputs: Value | undefined): Value | undefined {
  if (isObject(live) && isObject(inputs)) {
    return defined(
      Object.fromEntries(Object.entries(inputs).map(([key, input]) => [key, managed(live[key], input)])),
    );
  }
  if (isList(live) && isList(inputs) && live.length === inputs.length) {
    return live.map((item, index) => managed(item, inputs[index]) ?? item);
  }
  return live;
}

function finalizersOf(object: Properties): string {
  const finalizers = listOf(objectOf(object["metadata"])["finalizers"]).map(String);
  return finalizers.length === 0 ? "" : `: it waits for its finalizers ${finalizers.join(", ")}`;
}
