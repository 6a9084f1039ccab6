import { setTimeout as sleep } from "node:timers/promises";
import { Refusal, type Context, type Live, type ResourceModel } from "../model.ts";
import { generatedName, isGeneratedName } from "../naming.ts";
import { defined, isUnknown, objectOf, omit, textOf, unknown, type Properties } from "../values.ts";
import { objectsOf, type ObjectKey, type Objects } from "./cluster.ts";
import { fieldsOf, type Kind } from "./kinds.ts";
import { untilReady } from "./readiness.ts";

/** The real provider generates names of 8 hexadecimal digits, and says so in an annotation. */
const generatedDigits = 8;
const autonamed = { "pulumi.com/autonamed": "true" };
/** How long a deleted object may stay, in milliseconds. */
const deletionTimeout = 60_000;

const nameOf = (inputs: Properties): string | undefined => textOf(objectOf(inputs["metadata"])["name"]);

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
    const { live, unready } = await untilReady(applied, () => objects.get(key), context);
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
    complete: (inputs, naming) => {
      if (isUnknown(inputs["metadata"])) return inputs;
      const given = objectOf(inputs["metadata"]);
      const oldName = naming.old && nameOf(naming.old);
      return {
        ...inputs,
        metadata: {
          ...given,
          ...(kind.namespaced &&
            given["namespace"] === undefined && {
              namespace: textOf(naming.config["namespace"]) ?? "default",
            }),
          ...(given["name"] === undefined && {
            name: generatedName(naming, oldName, { digits: generatedDigits, longest: 253 }),
            annotations: { ...objectOf(given["annotations"]), ...autonamed },
          }),
        },
      };
    },
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
      const objects = objectsOf(context);
      const key = keyOf(inputs);
      if (kind.recordedOnly !== undefined) context.report(`recorded only: ${kind.recordedOnly}`);
      return awaited(key, await objects.create(key, inputs), objects, context);
    },
    read: async (id, _old, context) => {
      const key = keyOfId(id, context.config);
      const object = await objectsOf(context).get(key);
      return object && liveOf(key, object);
    },
    update: async (id, inputs, _old, context) => {
      const objects = objectsOf(context);
      const key = keyOfId(id, context.config);
      return awaited(key, await objects.apply(key, inputs), objects, context);
    },
    delete: async (id, _old, context) => {
      const objects = objectsOf(context);
      const key = keyOfId(id, context.config);
      await objects.delete(key);
      const deadline = Date.now() + deletionTimeout;
      while ((await objects.get(key)) !== undefined) {
        if (Date.now() > deadline) {
          throw new Refusal(
            `${kind.kind} ${id} is still there ${deletionTimeout / 1000} s after its deletion`,
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
