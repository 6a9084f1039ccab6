import { randomInt } from "node:crypto";
import { found, type Cloud } from "../cloud.ts";
import { boolean, string } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { defined, isUnknown, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";

export const findServiceAccount = (cloud: Cloud, email: string): Promise<Properties | undefined> =>
  found(cloud.control({ method: "GET", path: ["iam", "serviceAccounts", email] }));

const emailOf = (inputs: Properties, config: Properties): string | undefined => {
  const [account, inProject] = [textOf(inputs["accountId"]), projectOf(inputs, config)];
  return account === undefined || isUnknown(account) || inProject === undefined || isUnknown(inProject)
    ? undefined
    : `${account}@${inProject}.iam.gserviceaccount.com`;
};

const idOf = (email: string): string =>
  `projects/${/@([^.]+)\./.exec(email)?.[1] ?? "-"}/serviceAccounts/${email}`;

const propertiesOf = (email: string, account: Properties): Properties =>
  defined({
    accountId: email.replace(/@.*/, ""),
    displayName: account["displayName"],
    description: account["description"],
    // Google leaves out what is false.
    disabled: account["disabled"] === true ? true : undefined,
    project: /@([^.]+)\./.exec(email)?.[1],
    email,
    member: `serviceAccount:${email}`,
    name: idOf(email),
    uniqueId: account["uniqueId"],
  });

/** Google's unique ids have 21 digits. */
const newUniqueId = (): string =>
  Array.from({ length: 20 }, () => String(randomInt(10))).reduce((id, digit) => id + digit, "1");

export const serviceAccount: ResourceModel = withDeletionPolicy({
  type: "gcp:serviceaccount/account:Account",
  fields: {
    accountId: string({
      pattern: /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/,
      rule: "6 to 30 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
    }),
    displayName: string(),
    description: string(),
    disabled: boolean(),
    createIgnoreAlreadyExists: boolean({ local: true }),
    project,
  },
  outputs: ["email", "member", "name", "uniqueId"],
  ...named("accountId", 30),
  problems: projectProblems,
  // The real provider also knows these before the account exists.
  predict: (inputs, config) => {
    const email = emailOf(inputs, config);
    return defined({
      project: projectOf(inputs, config),
      email,
      ...(email !== undefined && { member: `serviceAccount:${email}`, name: idOf(email) }),
    });
  },
  create: async (inputs, context) => {
    const cloud = cloudOf(inputs, context);
    const email = emailOf(inputs, { project: cloud.project }) ?? "";
    const existing = await findServiceAccount(cloud, email);
    if (existing !== undefined) {
      if (inputs["createIgnoreAlreadyExists"] !== true) {
        throw new Refusal(`service account ${email} already exists in project ${cloud.project}`);
      }
      return { id: idOf(email), properties: propertiesOf(email, existing) };
    }
    const account = await putAccount(cloud, email, { ...inputs, uniqueId: newUniqueId() });
    return { id: idOf(email), properties: propertiesOf(email, account) };
  },
  read: async (id, _old, context) => {
    const cloud = context.cloud();
    const name = id.replace(/^.*\//, "");
    const email = name.includes("@") ? name : `${name}@${cloud.projectId}.iam.gserviceaccount.com`;
    const account = await findServiceAccount(cloud, email);
    return account && { id: idOf(email), properties: propertiesOf(email, account) };
  },
  update: async (id, inputs, old, context) => {
    const email = id.replace(/^.*\//, "");
    const account = await putAccount(cloudOf(inputs, context), email, {
      ...inputs,
      ...defined({ uniqueId: old.state["uniqueId"] }),
    });
    return { id, properties: propertiesOf(email, account) };
  },
  delete: async (id, _old, context) => {
    const path = ["iam", "serviceAccounts", id.replace(/^.*\//, "")];
    await found(context.cloud().control({ method: "DELETE", path }));
  },
});

async function putAccount(cloud: Cloud, email: string, account: Properties): Promise<Properties> {
  const body = defined({
    email,
    displayName: account["displayName"] ?? "",
    description: account["description"],
    uniqueId: account["uniqueId"],
    disabled: account["disabled"] ?? false,
  });
  await cloud.control({ method: "PUT", path: ["iam", "serviceAccounts", email], body });
  return body;
}
