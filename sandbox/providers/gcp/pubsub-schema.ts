import { found } from "../cloud.ts";
import { string } from "../fields.ts";
import { type Context, type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { defined, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";
import { call, pubsubName } from "./pubsub.ts";

const shortOf = (id: string): string => id.replace(/^.*\//, "");

async function put(inputs: Properties, context: Context, create: boolean) {
  if (inputs["type"] !== "PROTOCOL_BUFFER") {
    throw new Refusal(
      `the local Pub/Sub checks schemas of type PROTOCOL_BUFFER only, not ${textOf(inputs["type"]) ?? ""}`,
    );
  }
  const cloud = cloudOf(inputs, context);
  const name = textOf(inputs["name"]) ?? "";
  const body = defined({ type: inputs["type"], definition: inputs["definition"] });
  await call(cloud.control, "schemas", "PUT", name, { body, ...(create && { query: { create: "true" } }) });
  return {
    id: `projects/${cloud.project}/schemas/${name}`,
    properties: { ...body, name, project: cloud.project },
  };
}

/**
 * Another definition commits a revision: messages of any revision are accepted by the topics that use the schema.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/pubsub/schema/
 */
export const schema: ResourceModel = withDeletionPolicy({
  type: "gcp:pubsub/schema:Schema",
  fields: {
    name: pubsubName,
    project,
    type: string({ allowed: ["TYPE_UNSPECIFIED", "PROTOCOL_BUFFER", "AVRO"] }),
    definition: string({ pattern: /^.{1,307200}$/su, rule: "a definition of at most 300 KB" }),
  },
  outputs: [],
  ...named("name", 255),
  problems: projectProblems,
  predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
  create: (inputs, context) => put(inputs, context, true),
  read: async (id, _old, context) => {
    const cloud = context.cloud();
    const name = shortOf(id);
    const body = await found(call(cloud.control, "schemas", "GET", name));
    return (
      body && {
        id: `projects/${cloud.projectId}/schemas/${name}`,
        properties: { ...body, name, project: cloud.projectId },
      }
    );
  },
  update: (_id, inputs, old, context) => {
    if (old.state["type"] !== inputs["type"]) {
      return Promise.reject(new Refusal("a revision has the type of its schema: make another schema"));
    }
    return put(inputs, context, false);
  },
  delete: async (id, _old, context) => {
    await found(call(context.cloud().control, "schemas", "DELETE", shortOf(id)));
  },
});
