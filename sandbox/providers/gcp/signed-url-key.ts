import { found, type Cloud } from "../cloud.ts";
import { string } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { defined, listOf, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";
import { globalPath, sameResource } from "./compute-names.ts";

const TYPE = "gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey";
/** https://docs.cloud.google.com/cdn/docs/using-signed-urls */
const MOST_KEYS = 3;

const backendOf = (inputs: Properties, projectId: string): string =>
  globalPath(projectId, "backendBuckets", inputs["backendBucket"]);
const nameOf = (inputs: Properties): string => textOf(inputs["name"]) ?? "";

/** The names of a backend's keys; the service returns nothing else. */
const namesPath = (backend: string): string[] => ["registry", TYPE, `${backend}/signedUrlKeyNames`];

async function keyNames(cloud: Cloud, backend: string): Promise<string[]> {
  const record = await found(cloud.control({ method: "GET", path: namesPath(backend) }));
  return listOf(record?.["names"]).map((name) => textOf(name) ?? "");
}

/** Two keys of one backend are made at the same time: each has to see the other. */
let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(action: () => Promise<T>): Promise<T> {
  const result = last.then(action, action);
  last = result.catch(() => undefined);
  return result;
}

const setNames = (cloud: Cloud, backend: string, names: readonly string[]) =>
  cloud.control({ method: "PUT", path: namesPath(backend), body: { names } });

/** Google makes the account that fills caches with a project's first key, and leaves it there. */
const FILL_ACCOUNT = ["registry", TYPE, "cloud-cdn-fill"];

/** Why a role cannot be granted to this member yet. https://docs.cloud.google.com/cdn/docs/using-signed-urls */
export async function fillAccountProblem(cloud: Cloud, member: string): Promise<string | undefined> {
  if (!member.endsWith("@cloud-cdn-fill.iam.gserviceaccount.com")) return undefined;
  const account = `serviceAccount:service-${cloud.projectNumber}@cloud-cdn-fill.iam.gserviceaccount.com`;
  const made = await found(cloud.control({ method: "GET", path: FILL_ACCOUNT }));
  return member === account && made !== undefined
    ? undefined
    : `${member} does not exist: Google makes it when a backend of the project gets its first signed URL key`;
}

/** https://www.pulumi.com/registry/packages/gcp/api-docs/compute/backendbucketsignedurlkey/ */
export const backendBucketSignedUrlKey: ResourceModel = withDeletionPolicy({
  type: TYPE,
  fields: {
    name: string({
      pattern: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
      rule: "1 to 63 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
    }),
    backendBucket: string({ same: sameResource }),
    keyValue: string({
      pattern: /^[A-Za-z0-9_-]{22}(==)?$/,
      rule: "128 bits in URL-safe base64",
    }),
    project,
  },
  outputs: [],
  secrets: ["keyValue"],
  identity: (inputs) => `${textOf(inputs["backendBucket"]) ?? ""} ${nameOf(inputs)}`,
  problems: projectProblems,
  predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
  create: (inputs, context) =>
    inTurn(async () => {
      const cloud = cloudOf(inputs, context);
      const backend = backendOf(inputs, cloud.project);
      const parent = ["registry", "gcp:compute/backendBucket:BackendBucket", backend];
      if ((await found(cloud.control({ method: "GET", path: parent }))) === undefined) {
        throw new Refusal(`${backend} does not exist, so it can have no key`);
      }
      const names = await keyNames(cloud, backend);
      if (names.includes(nameOf(inputs))) throw new Refusal(`${backend} has a key ${nameOf(inputs)} already`);
      if (names.length >= MOST_KEYS)
        throw new Refusal(`${backend} has ${MOST_KEYS} keys already, the most of a backend`);
      await setNames(cloud, backend, [...names, nameOf(inputs)]);
      await cloud.control({ method: "PUT", path: FILL_ACCOUNT, body: {} });
      // All keys of a backend have the same id, and the service never shows a key's value again.
      return { id: backend, properties: { ...inputs, project: cloud.project } };
    }),
  read: async (id, { inputs, state }, context) => {
    if (Object.keys(inputs).length === 0) throw new Refusal("a signed URL key cannot be imported");
    const names = await keyNames(context.cloud(), id);
    return names.includes(nameOf(inputs)) ? { id, properties: { ...state } } : undefined;
  },
  // Only the deletion policy of a key can change in place, and the service does not know it.
  update: (id, inputs, { state }) =>
    Promise.resolve({ id, properties: { ...inputs, ...defined({ project: state["project"] }) } }),
  delete: (id, old, context) =>
    inTurn(async () => {
      const cloud = context.cloud();
      const names = await keyNames(cloud, id);
      await setNames(
        cloud,
        id,
        names.filter((name) => name !== nameOf(old.inputs)),
      );
    }),
});
