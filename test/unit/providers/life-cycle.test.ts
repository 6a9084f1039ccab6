import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsModel } from "../../../sandbox/providers/aws/model.ts";
import { dockerBuildModel } from "../../../sandbox/providers/docker-build/model.ts";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { kubernetesModel } from "../../../sandbox/providers/kubernetes/model.ts";
import { randomModel } from "../../../sandbox/providers/random/model.ts";
import { tlsModel } from "../../../sandbox/providers/tls/model.ts";
import type { Properties } from "../../../sandbox/providers/values.ts";
import { connect, type Engine } from "./engine-client.ts";
import { examples } from "./examples/index.ts";
import { projectId, startTestCloud, type TestCloud } from "./local-cloud.ts";

let cloud: TestCloud;
const engines: Partial<Record<string, Engine>> = {};
const engineOf = (type: string): Engine => {
  const engine = engines[type.split(":")[0] ?? ""];
  if (engine === undefined) throw new Error(`no provider for ${type}`);
  return engine;
};

beforeAll(async () => {
  cloud = await startTestCloud();
  engines["gcp"] = await connect(gcpModel, cloud.addressFile, { project: projectId });
  engines["kubernetes"] = await connect(kubernetesModel, cloud.addressFile, { context: "east" });
  engines["aws"] = await connect(awsModel, cloud.addressFile, { region: "eu-central-1" });
  engines["random"] = await connect(randomModel);
  engines["tls"] = await connect(tlsModel);
  engines["docker-build"] = await connect(dockerBuildModel);
});

afterAll(async () => {
  for (const engine of Object.values(engines)) await engine?.close();
  await cloud.close();
});

it("covers every modelled type but Secret of Kubernetes, which the local cluster does not hold", () => {
  const modelled = [awsModel, dockerBuildModel, gcpModel, kubernetesModel, randomModel, tlsModel].flatMap(
    ({ resources }) => resources.map(({ type }) => type),
  );
  const exemplified = new Set(examples.map(({ type }) => type));
  expect([...exemplified, "kubernetes:core/v1:Secret"].sort()).toEqual(modelled.sort());
});

// One after another, because later examples stand on earlier ones.
describe.each(examples)("$type", (example) => {
  const { type, id, outputs } = example;
  const target = { type };
  let resource: { id: string; inputs: Properties; state: Properties };

  it("is created with the real provider's id and outputs", async () => {
    resource = await engineOf(type).make(target, example.inputs);
    expect(resource.id).toEqual(typeof id === "string" ? id : expect.stringMatching(id));
    expect(resource.state).toMatchObject(outputs);
  });

  it("shows no change on a second update", async () => {
    const engine = engineOf(type);
    const { inputs } = await engine.check(target, example.inputs, resource.inputs);
    expect(await engine.diff(target, resource, inputs)).toMatchObject({ changed: false, details: {} });
  });

  it("shows no change after a refresh", async () => {
    const engine = engineOf(type);
    const refreshed = await engine.read(target, resource.id, resource);
    expect(refreshed).toEqual(resource);
  });

  if (!example.stateOnly && !example.notImportable)
    it("can be imported by its id", async () => {
      const engine = engineOf(type);
      // The id of an IAM grant is not what it is imported by.
      const ownIds = type.toLowerCase().includes("iammember") ? [] : [resource.id];
      for (const importId of [...ownIds, ...(example.importIds ?? [])]) {
        const imported = await engine.read(target, importId);
        expect(imported.id).toBe(resource.id);
        const { inputs } = await engine.check(target, example.inputs, imported.inputs);
        const { details } = await engine.diff(target, imported, inputs);
        const localOnly = [...localFieldsOf(type), "lifecycleRules[1].condition.sendAgeIfZero"];
        expect(
          Object.keys(details).filter((path) => !localOnly.includes(path) && !path.startsWith("labels")),
        ).toEqual([]);
      }
    });

  const { update } = example;
  if (update !== undefined)
    it("is updated in place, and then shows no change", async () => {
      const engine = engineOf(type);
      const { inputs } = await engine.check(target, { ...example.inputs, ...update }, resource.inputs);
      const difference = await engine.diff(target, resource, inputs);
      expect(difference).toMatchObject({ changed: true, replaces: [] });
      expect(Object.keys(difference.details).map((path) => path.replace(/[.[].*/, ""))).toEqual(
        expect.arrayContaining(Object.keys(update)),
      );
      resource = await engine.update(target, resource, inputs);
      expect(await engine.diff(target, resource, inputs)).toMatchObject({ changed: false });
      expect(await engine.read(target, resource.id, resource)).toMatchObject({
        inputs: resource.inputs,
        state: { ...resource.state },
      });
    });

  if (!example.stateOnly)
    it("is gone after its deletion, and a second deletion does not fail", async () => {
      const engine = engineOf(type);
      // On a copy of its own, so that later examples still have what they stand on.
      const own = await engine.make({ type, name: "own" }, example.another ?? ownCopy(type, example.inputs));
      await engine.delete(target, own);
      const after = await engine.read(target, own.id, own);
      if (example.remains) expect(after.state).toMatchObject(example.remains);
      else expect(after.id).toBe("");
      await engine.delete(target, own);
    });
});

/** Fields that the service does not know: an import cannot bring them. */
const localFieldsOf = (type: string): string[] =>
  [gcpModel, kubernetesModel, randomModel]
    .flatMap(({ resources }) => resources)
    .filter((resource) => resource.type === type)
    .flatMap(({ fields }) => Object.entries(fields).flatMap(([key, { local }]) => (local ? [key] : [])));

/** Inputs that make another resource of the same type. */
function ownCopy(type: string, inputs: Properties): Properties {
  const others: Properties = {
    name: "own-copy",
    // Each notification is another configuration of its bucket.
    ...(type !== "gcp:storage/notification:Notification" && {
      bucket: type === "aws:s3/bucket:Bucket" ? "own-copy" : "other-archive",
    }),
    queueUrl: "https://sqs.eu-central-1.amazonaws.com/111122223333/other-arrivals",
    accountId: "own-copy",
    roleId: "own_copy",
    secretId: "own-copy",
    datasetId: "own_copy",
    metadata: /:(Namespace|Cluster\w+|PriorityClass)$/.test(type)
      ? { name: "own-copy" }
      : { name: "own-copy", namespace: "media" },
    service: "storage.googleapis.com",
  };
  const isGrant = "role" in inputs;
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      isGrant && key === "member" ? "user:own@example.com" : isGrant ? value : (others[key] ?? value),
    ]),
  );
}
