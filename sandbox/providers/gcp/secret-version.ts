import { CloudError, found, type Cloud } from "../cloud.ts";
import { boolean, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { defined, objectOf, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, sameShortName, withDeletionPolicy } from "./common.ts";

const act = (cloud: Cloud, id: string, verb: string): Promise<Properties> =>
  cloud.secretManager({
    method: "POST",
    path: [...id.split("/").slice(0, -1), `${versionOf(id)}:${verb}`],
    body: {},
  });

const versionOf = (id: string): string => id.replace(/^.*\//, "");

const propertiesOf = (version: Properties, secret: string, inProject: string): Properties =>
  defined({
    secret,
    project: inProject,
    enabled: version["state"] === "ENABLED",
    name: version["name"],
    version: versionOf(textOf(version["name"]) ?? ""),
    createTime: version["createTime"],
    destroyTime: version["destroyTime"] ?? "",
  });

/** The payload, or undefined where the service does not hand it out. */
async function access(cloud: Cloud, id: string): Promise<string | undefined> {
  try {
    const answer = await cloud.secretManager({
      method: "GET",
      path: [...id.split("/").slice(0, -1), `${versionOf(id)}:access`],
    });
    return textOf(objectOf(answer["payload"])["data"]);
  } catch (error) {
    if (error instanceof CloudError && error.status < 500) return undefined;
    throw error;
  }
}

/** https://www.pulumi.com/registry/packages/gcp/api-docs/secretmanager/secretversion/#inputs */
export const secretVersion: ResourceModel = withDeletionPolicy(
  {
    type: "gcp:secretmanager/secretVersion:SecretVersion",
    fields: {
      secret: string({ same: sameShortName }),
      project,
      secretData: string(),
      isSecretDataBase64: boolean({ local: true }),
      enabled: boolean(),
    },
    outputs: ["name", "version", "createTime", "destroyTime"],
    secrets: ["secretData"],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    create: async (inputs, context) => {
      const cloud = cloudOf(inputs, context);
      const secret = `projects/${cloud.project}/secrets/${versionOf(textOf(inputs["secret"]) ?? "")}`;
      const given = textOf(inputs["secretData"]) ?? "";
      const data =
        inputs["isSecretDataBase64"] === true ? given : Buffer.from(given, "utf8").toString("base64");
      const parts = secret.split("/");
      const created = await cloud.secretManager({
        method: "POST",
        path: [...parts.slice(0, -1), `${versionOf(secret)}:addVersion`],
        body: { payload: { data } },
      });
      const name = textOf(created["name"]) ?? "";
      const version = inputs["enabled"] === false ? await act(cloud, name, "disable") : created;
      return { id: name, properties: withData(propertiesOf(version, secret, cloud.project), inputs) };
    },
    read: async (id, { inputs }, context) => {
      const cloud = context.cloud();
      const live = await found(cloud.secretManager({ method: "GET", path: id.split("/") }));
      if (live === undefined || live["state"] === "DESTROYED") return undefined;
      const name = textOf(live["name"]) ?? id;
      const secret = `projects/${cloud.projectId}/secrets/${id.split("/")[3] ?? ""}`;
      const properties = propertiesOf(live, secret, cloud.projectId);
      const data = await access(cloud, id);
      if (data === undefined) return { id: name, properties: withData(properties, inputs) };
      const text =
        inputs["isSecretDataBase64"] === true ? data : Buffer.from(data, "base64").toString("utf8");
      return { id: name, properties: { ...properties, secretData: text } };
    },
    update: async (id, inputs, old, context) => {
      const cloud = cloudOf(inputs, context);
      const verb = inputs["enabled"] === false ? "disable" : "enable";
      const version =
        old.inputs["enabled"] === inputs["enabled"]
          ? await cloud.secretManager({ method: "GET", path: id.split("/") })
          : await act(cloud, id, verb);
      const secret = textOf(old.state["secret"]) ?? "";
      return { id, properties: withData(propertiesOf(version, secret, cloud.project), inputs) };
    },
    delete: async (id, old, context) => {
      const verb = old.state["deletionPolicy"] === "DISABLE" ? "disable" : "destroy";
      const cloud = context.cloud();
      const live = await found(cloud.secretManager({ method: "GET", path: id.split("/") }));
      if (live !== undefined && live["state"] !== "DESTROYED") await act(cloud, id, verb);
    },
  },
  ["DISABLE"],
);

const withData = (properties: Properties, inputs: Properties): Properties => ({
  ...properties,
  ...defined({ secretData: inputs["secretData"] }),
});
