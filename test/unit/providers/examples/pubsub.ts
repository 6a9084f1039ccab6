import { projectId } from "../local-cloud.ts";
import type { Example } from "./example.ts";

const definition = (field: string): string => `syntax = "proto3"; message Event { string ${field} = 1; }`;

/** In the order of their dependencies. */
export const pubsubExamples: Example[] = [
  {
    type: "gcp:pubsub/schema:Schema",
    inputs: { name: "events", type: "PROTOCOL_BUFFER", definition: definition("id") },
    update: { definition: definition("name") },
    id: `projects/${projectId}/schemas/events`,
    importIds: ["events"],
    outputs: { project: projectId },
  },
  {
    type: "gcp:storage/notification:Notification",
    inputs: {
      bucket: "mpegflow-media",
      topic: `projects/${projectId}/topics/jobs`,
      payloadFormat: "JSON_API_V1",
      eventTypes: ["OBJECT_FINALIZE"],
      objectNamePrefix: "incoming/",
      customAttributes: { from: "example" },
    },
    id: /^mpegflow-media\/notificationConfigs\/\d+$/,
    outputs: { topic: `projects/${projectId}/topics/jobs` },
  },
];
