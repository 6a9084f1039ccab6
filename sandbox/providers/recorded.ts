import { found } from "./cloud.ts";
import type { Fields } from "./fields.ts";
import { type Context, type ResourceModel } from "./model.ts";
import { Refusal } from "./refusal.ts";
import type { Properties } from "./values.ts";

/** A resource type without a local effect: the local cloud keeps a record of it, so that refresh, import and delete work. */
export interface RecordedType extends Omit<ResourceModel, "create" | "read" | "update" | "delete"> {
  idOf: (inputs: Properties, context: Context) => string;
  /** What the service reports beyond the inputs. */
  report: (inputs: Properties, id: string, context: Context, old?: Properties) => Properties;
  /** What ids are unique in, where that is not the whole cloud: a cluster, say. */
  scopeOf?: (context: Context) => string;
  /** The service refuses to make what exists; otherwise the newer one wins. @default false */
  distinct?: boolean;
}

export function recorded({ idOf, report, distinct, scopeOf, ...model }: RecordedType): ResourceModel {
  const pathOf = (id: string, context: Context): string[] => [
    "registry",
    model.type,
    scopeOf === undefined ? id : `${scopeOf(context)}/${id}`,
  ];
  const put = async (id: string, inputs: Properties, context: Context, old?: Properties) => {
    const body = { ...withoutLocal(model.fields, inputs), ...report(inputs, id, context, old) };
    await context.cloud().control({ method: "PUT", path: pathOf(id, context), body });
    return { id, properties: body };
  };
  const find = (id: string, context: Context) =>
    found(context.cloud().control({ method: "GET", path: pathOf(id, context) }));
  return {
    ...model,
    create: async (inputs, context) => {
      const id = idOf(inputs, context);
      if (distinct && (await find(id, context)) !== undefined) throw new Refusal(`${id} already exists`);
      return put(id, inputs, context);
    },
    read: async (id, _old, context) => {
      const properties = await find(id, context);
      return properties && { id, properties };
    },
    update: (id, inputs, old, context) => put(id, inputs, context, old.state),
    delete: async (id, _old, context) => {
      await found(context.cloud().control({ method: "DELETE", path: pathOf(id, context) }));
    },
  };
}

const withoutLocal = (fields: Fields, inputs: Properties): Properties =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => fields[key]?.local !== true));
