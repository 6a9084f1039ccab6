import { found } from "../cloud.ts";
import { boolean, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { defined, textOf } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";

const type = "gcp:projects/service:Service";

/** An enabled API: recorded only, because the local cloud's services are always on. */
export const projectService: ResourceModel = withDeletionPolicy({
  type,
  fields: {
    service: string({
      pattern: /^[a-z0-9.-]+\.googleapis\.com$/,
      rule: 'an API such as "storage.googleapis.com"',
    }),
    project,
    disableOnDestroy: boolean({ local: true }),
    disableDependentServices: boolean({ local: true }),
    checkIfServiceHasUsageOnDestroy: boolean({ local: true }),
  },
  outputs: [],
  problems: projectProblems,
  predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
  create: async (inputs, context) => {
    const cloud = cloudOf(inputs, context);
    const service = textOf(inputs["service"]) ?? "";
    const id = `${cloud.project}/${service}`;
    await cloud.control({ method: "PUT", path: ["registry", type, id], body: { service } });
    return { id, properties: { service, project: cloud.project } };
  },
  read: async (id, _old, context) => {
    const cloud = context.cloud();
    const body = await found(cloud.control({ method: "GET", path: ["registry", type, id] }));
    return body && { id, properties: { ...body, project: cloud.projectId } };
  },
  update: (id, inputs, _old, context) =>
    Promise.resolve({
      id,
      properties: defined({ service: inputs["service"], project: projectOf(inputs, context.config) }),
    }),
  // An API stays enabled unless disableOnDestroy says otherwise.
  delete: async (id, old, context) => {
    if (old.state["disableOnDestroy"] !== true) return;
    await found(context.cloud().control({ method: "DELETE", path: ["registry", type, id] }));
  },
});
