import { found } from "../cloud.ts";
import { list, map, string } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { defined, textOf, type Properties, type Value } from "../values.ts";
import { sameShortName } from "./common.ts";

const prefix = "//pubsub.googleapis.com/";
const types = ["OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE"] as const;

function live(bucket: string, body: Properties) {
  const id = textOf(body["id"]) ?? "";
  return {
    id: `${bucket}/notificationConfigs/${id}`,
    properties: defined({
      bucket,
      notificationId: id,
      topic: (textOf(body["topic"]) ?? "").replace(prefix, ""),
      payloadFormat: body["payload_format"],
      eventTypes: body["event_types"],
      objectNamePrefix: body["object_name_prefix"],
      customAttributes: body["custom_attributes"],
      selfLink: `https://www.googleapis.com/storage/v1/b/${bucket}/notificationConfigs/${id}`,
    }),
  };
}

const segmentsOf = (id: string): string[] => {
  const [bucket = "", , notification = ""] = id.split("/");
  return ["b", bucket, "notificationConfigs", notification];
};

/**
 * A configuration is replaced, never changed. The local Cloud Storage publishes OBJECT_FINALIZE and refuses the others.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/storage/notification/
 */
export const notification: ResourceModel = {
  type: "gcp:storage/notification:Notification",
  fields: {
    bucket: string({ required: true, replaces: true }),
    topic: string({ required: true, replaces: true, same: sameShortName }),
    payloadFormat: string({ required: true, replaces: true, allowed: ["JSON_API_V1", "NONE"] }),
    eventTypes: list(string({ allowed: types }), { replaces: true, unordered: true }),
    objectNamePrefix: string({ replaces: true }),
    customAttributes: map(string(), { replaces: true }),
  },
  outputs: ["notificationId", "selfLink"],
  create: async (inputs, context) => {
    const cloud = context.cloud();
    const bucket = textOf(inputs["bucket"]) ?? "";
    const body = await cloud.storage({
      method: "POST",
      path: ["b", bucket, "notificationConfigs"],
      body: defined({
        topic: prefix + fullTopic(inputs["topic"], cloud.projectId),
        payload_format: inputs["payloadFormat"],
        event_types: inputs["eventTypes"],
        object_name_prefix: inputs["objectNamePrefix"],
        custom_attributes: inputs["customAttributes"],
      }),
    });
    return live(bucket, body);
  },
  read: async (id, _old, context) => {
    const body = await found(context.cloud().storage({ method: "GET", path: segmentsOf(id) }));
    return body && live(segmentsOf(id)[1] ?? "", body);
  },
  update: () => Promise.reject(new Refusal("a notification is replaced, never updated")),
  delete: async (id, _old, context) => {
    await found(context.cloud().storage({ method: "DELETE", path: segmentsOf(id) }));
  },
};

function fullTopic(topic: Value | undefined, project: string): string {
  const text = textOf(topic) ?? "";
  return text.includes("/") ? text : `projects/${project}/topics/${text}`;
}
