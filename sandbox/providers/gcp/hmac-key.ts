import { found, type Cloud } from "../cloud.ts";
import { string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { defined, objectOf, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";

const accessIdOf = (id: string): string => id.replace(/^.*\//, "");
const keyPath = (inProject: string, accessId: string) => ["projects", inProject, "hmacKeys", accessId];
const idOf = (inProject: string, accessId: string): string => keyPath(inProject, accessId).join("/");

const propertiesOf = (metadata: Properties, inProject: string): Properties =>
  defined({
    accessId: metadata["accessId"],
    project: inProject,
    serviceAccountEmail: metadata["serviceAccountEmail"],
    state: metadata["state"],
    timeCreated: metadata["timeCreated"],
    updated: metadata["updated"],
  });

const setState = (cloud: Cloud, inProject: string, key: Properties, state: string): Promise<Properties> =>
  cloud.storage({
    method: "PUT",
    path: keyPath(inProject, textOf(key["accessId"]) ?? ""),
    body: defined({ state, etag: key["etag"] }),
  });

const fetchKey = async (
  cloud: Cloud,
  inProject: string,
  accessId: string,
): Promise<Properties | undefined> => {
  const key = await found(cloud.storage({ method: "GET", path: keyPath(inProject, accessId) }));
  return key?.["state"] === "DELETED" ? undefined : key;
};

export const hmacKey: ResourceModel = withDeletionPolicy({
  type: "gcp:storage/hmacKey:HmacKey",
  fields: {
    serviceAccountEmail: string(),
    project,
    state: string({ allowed: ["ACTIVE", "INACTIVE"] }),
  },
  outputs: ["accessId", "secret", "timeCreated", "updated"],
  secrets: ["secret"],
  changing: ["updated"],
  problems: projectProblems,
  predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
  create: async (inputs, context) => {
    const cloud = cloudOf(inputs, context);
    const created = await cloud.storage({
      method: "POST",
      path: ["projects", cloud.project, "hmacKeys"],
      query: { serviceAccountEmail: textOf(inputs["serviceAccountEmail"]) ?? "" },
    });
    const fresh = objectOf(created["metadata"]);
    const key =
      inputs["state"] === "INACTIVE" ? await setState(cloud, cloud.project, fresh, "INACTIVE") : fresh;
    return {
      id: idOf(cloud.project, textOf(fresh["accessId"]) ?? ""),
      properties: { ...propertiesOf(key, cloud.project), ...defined({ secret: created["secret"] }) },
    };
  },
  // The service returns the secret only once, so that a refresh keeps the known one and an import has none.
  read: async (id, old, context) => {
    const cloud = context.cloud();
    const key = await fetchKey(cloud, cloud.projectId, accessIdOf(id));
    return (
      key && {
        id: idOf(cloud.projectId, accessIdOf(id)),
        properties: { ...propertiesOf(key, cloud.projectId), ...defined({ secret: old.state["secret"] }) },
      }
    );
  },
  update: async (id, inputs, old, context) => {
    const cloud = cloudOf(inputs, context);
    const key = await cloud.storage({ method: "GET", path: keyPath(cloud.project, accessIdOf(id)) });
    const wanted = textOf(inputs["state"]) ?? "ACTIVE";
    const changed = key["state"] === wanted ? key : await setState(cloud, cloud.project, key, wanted);
    return {
      id,
      properties: { ...propertiesOf(changed, cloud.project), ...defined({ secret: old.state["secret"] }) },
    };
  },
  // As the real provider: made inactive and deleted at once.
  delete: async (id, _old, context) => {
    const cloud = context.cloud();
    const key = await fetchKey(cloud, cloud.projectId, accessIdOf(id));
    if (key === undefined) return;
    if (key["state"] !== "INACTIVE") await setState(cloud, cloud.projectId, key, "INACTIVE");
    await found(cloud.storage({ method: "DELETE", path: keyPath(cloud.projectId, accessIdOf(id)) }));
  },
});
