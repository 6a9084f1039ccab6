import { found, type Cloud } from "../cloud.ts";
import { list, string } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { defined, isUnknown, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";

const nameOf = (inProject: string, roleId: string): string => `projects/${inProject}/roles/${roleId}`;

const fetchRole = (cloud: Cloud, name: string): Promise<Properties | undefined> =>
  found(cloud.control({ method: "GET", path: ["iam", "roles", name] }));

async function putRole(cloud: Cloud, name: string, inputs: Properties): Promise<Properties> {
  const role = defined({
    name,
    title: inputs["title"],
    description: inputs["description"],
    stage: inputs["stage"],
    includedPermissions: inputs["permissions"],
  });
  return cloud.control({ method: "PUT", path: ["iam", "roles", name], body: role });
}

const propertiesOf = (name: string, role: Properties, inProject: string): Properties =>
  defined({
    roleId: name.replace(/^.*\//, ""),
    title: role["title"],
    description: role["description"],
    stage: role["stage"],
    permissions: role["includedPermissions"],
    project: inProject,
    name,
    deleted: role["deleted"] ?? false,
  });

/** https://www.pulumi.com/registry/packages/gcp/api-docs/projects/iamcustomrole/ */
export const customRole: ResourceModel = withDeletionPolicy({
  type: "gcp:projects/iAMCustomRole:IAMCustomRole",
  fields: {
    roleId: string({
      pattern: /^[a-zA-Z0-9_.]{3,64}$/,
      rule: "3 to 64 letters, digits, _ and ., without -",
    }),
    title: string(),
    description: string(),
    permissions: list(
      string({
        pattern: /^[a-zA-Z][\w-]*(?:\.[\w-]+){2,}$/,
        rule: 'a permission such as "storage.objects.get", without wildcards',
      }),
    ),
    stage: string({ allowed: ["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"] }),
    project,
  },
  outputs: ["deleted", "name"],
  identity: (inputs) => textOf(inputs["roleId"]),
  problems: projectProblems,
  predict: (inputs, config) => {
    const [roleId, inProject] = [textOf(inputs["roleId"]), projectOf(inputs, config)];
    const known =
      roleId !== undefined && !isUnknown(roleId) && inProject !== undefined && !isUnknown(inProject);
    return defined({ project: inProject, ...(known && { name: nameOf(inProject, roleId) }) });
  },
  create: async (inputs, context) => {
    const cloud = cloudOf(inputs, context);
    const name = nameOf(cloud.project, textOf(inputs["roleId"]) ?? "");
    // As the real provider: a softly deleted role of that id comes back, and is changed into the wanted one.
    const existing = await fetchRole(cloud, name);
    if (existing?.["deleted"] === false) {
      throw new Refusal(`custom project role ${name} already exists and must be imported`);
    }
    return { id: name, properties: propertiesOf(name, await putRole(cloud, name, inputs), cloud.project) };
  },
  read: async (id, _old, context) => {
    const cloud = context.cloud();
    const name = nameOf(cloud.projectId, id.replace(/^.*\//, ""));
    const role = await fetchRole(cloud, name);
    // The real provider also keeps a softly deleted role in the state, and only says so in `deleted`.
    return role && { id: name, properties: propertiesOf(name, role, cloud.projectId) };
  },
  update: async (id, inputs, _old, context) => {
    const cloud = cloudOf(inputs, context);
    return { id, properties: propertiesOf(id, await putRole(cloud, id, inputs), cloud.project) };
  },
  delete: async (id, _old, context) => {
    await found(context.cloud().control({ method: "DELETE", path: ["iam", "roles", id] }));
  },
});
