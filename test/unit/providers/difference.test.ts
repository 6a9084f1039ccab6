import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { kubernetesModel } from "../../../sandbox/providers/kubernetes/model.ts";
import { randomModel } from "../../../sandbox/providers/random/model.ts";
import { omit, unknown, type Properties } from "../../../sandbox/providers/values.ts";
import { connect, type Engine } from "./engine-client.ts";

const engines: Partial<Record<string, Engine>> = {};
beforeAll(async () => {
  engines["gcp"] = await connect(gcpModel, undefined, { project: "p" });
  engines["kubernetes"] = await connect(kubernetesModel, undefined, { context: "east" });
  engines["random"] = await connect(randomModel);
});
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine?.close();
});

const bucket: Properties = {
  name: "mpegflow-media",
  location: "US",
  customPlacementConfig: { dataLocations: ["US-EAST4", "US-WEST1"] },
  rpo: "ASYNC_TURBO",
  storageClass: "STANDARD",
  forceDestroy: false,
};
const spec = {
  replicas: 1,
  selector: { matchLabels: { app: "worker" } },
  template: {
    metadata: { labels: { app: "worker" } },
    spec: { containers: [{ name: "worker", image: "worker:1" }] },
  },
};
const deployment: Properties = { metadata: { name: "worker", namespace: "media" }, spec };
const subscription: Properties = { name: "jobs", topic: "projects/p/topics/jobs", filter: "attributes.a" };
const grant: Properties = {
  bucket: "media",
  role: "roles/storage.objectViewer",
  member: "user:a@example.com",
};

describe.each<{ type: string; old: Properties; news: Properties; details: Record<string, string> }>([
  {
    type: "gcp:storage/bucket:Bucket",
    old: bucket,
    news: { ...bucket, location: "EU" },
    details: { location: "UPDATE_REPLACE" },
  },
  {
    type: "gcp:storage/bucket:Bucket",
    old: bucket,
    news: { ...bucket, location: "us", customPlacementConfig: { dataLocations: ["us-west1", "us-east4"] } },
    details: {},
  },
  {
    type: "gcp:storage/bucket:Bucket",
    old: bucket,
    news: { ...bucket, customPlacementConfig: { dataLocations: ["US-EAST4", "US-WEST2"] } },
    details: { "customPlacementConfig.dataLocations": "UPDATE_REPLACE" },
  },
  {
    type: "gcp:storage/bucket:Bucket",
    old: bucket,
    news: { name: "mpegflow-media", location: "US", storageClass: "STANDARD", forceDestroy: false },
    details: { customPlacementConfig: "DELETE_REPLACE" },
  },
  {
    type: "gcp:storage/bucket:Bucket",
    old: bucket,
    news: { ...bucket, project: "other" },
    details: { project: "UPDATE_REPLACE" },
  },
  {
    type: "gcp:storage/bucket:Bucket",
    old: bucket,
    news: { ...bucket, name: unknown },
    details: { name: "UPDATE_REPLACE" },
  },
  {
    type: "gcp:storage/bucket:Bucket",
    old: bucket,
    news: { ...bucket, storageClass: "NEARLINE", versioning: { enabled: true }, labels: { team: "video" } },
    details: { storageClass: "UPDATE", versioning: "ADD", labels: "ADD" },
  },
  {
    type: "gcp:storage/hmacKey:HmacKey",
    old: { serviceAccountEmail: "a@p", state: "ACTIVE" },
    news: { serviceAccountEmail: "b@p", state: "INACTIVE" },
    details: { serviceAccountEmail: "UPDATE_REPLACE", state: "UPDATE" },
  },
  {
    type: "gcp:storage/hmacKey:HmacKey",
    old: { serviceAccountEmail: "a@p", state: "ACTIVE" },
    news: { serviceAccountEmail: "a@p", state: "ACTIVE", project: "other" },
    details: { project: "UPDATE_REPLACE" },
  },
  {
    type: "gcp:serviceaccount/account:Account",
    old: { accountId: "signer", displayName: "Signer" },
    news: { accountId: "broker", displayName: "Broker" },
    details: { accountId: "UPDATE_REPLACE", displayName: "UPDATE" },
  },
  {
    type: "gcp:secretmanager/secret:Secret",
    old: { secretId: "key", replication: { auto: {} } },
    news: { secretId: "key", replication: { userManaged: { replicas: [{ location: "us-east4" }] } } },
    details: { "replication.userManaged": "ADD_REPLACE" },
  },
  {
    type: "gcp:secretmanager/secretVersion:SecretVersion",
    old: { secret: "key", secretData: "one", enabled: true },
    news: { secret: "projects/p/secrets/key", secretData: "two", enabled: true },
    details: { secretData: "UPDATE_REPLACE" },
  },
  {
    type: "gcp:pubsub/topic:Topic",
    old: { name: "jobs" },
    news: { name: "tasks", labels: { team: "video" } },
    details: { name: "UPDATE_REPLACE", labels: "ADD" },
  },
  {
    type: "gcp:pubsub/subscription:Subscription",
    old: subscription,
    news: { ...subscription, topic: "jobs", filter: "attributes.b", ackDeadlineSeconds: 60 },
    details: { filter: "UPDATE_REPLACE", ackDeadlineSeconds: "UPDATE" },
  },
  {
    type: "gcp:pubsub/subscription:Subscription",
    old: subscription,
    news: { ...subscription, topic: "projects/p/topics/tasks" },
    details: { topic: "UPDATE_REPLACE" },
  },
  {
    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
    old: grant,
    news: { ...grant, bucket: "b/media", role: "roles/storage.objectUser" },
    details: { role: "UPDATE_REPLACE" },
  },
  {
    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
    old: grant,
    news: { ...grant, condition: { title: "t", expression: "e" } },
    details: { condition: "ADD_REPLACE" },
  },
  {
    type: "kubernetes:apps/v1:Deployment",
    old: deployment,
    news: { metadata: { name: "worker", namespace: "media" }, spec: { ...spec, replicas: 3 } },
    details: { "spec.replicas": "UPDATE" },
  },
  {
    type: "kubernetes:apps/v1:Deployment",
    old: deployment,
    news: {
      metadata: { name: "worker", namespace: "other" },
      spec: { ...spec, selector: { matchLabels: { app: "encoder" } } },
    },
    details: { "metadata.namespace": "UPDATE_REPLACE", "spec.selector.matchLabels.app": "UPDATE_REPLACE" },
  },
  {
    type: "kubernetes:apps/v1:Deployment",
    old: { ...deployment, spec: { ...spec, template: { spec: { automountServiceAccountToken: false } } } },
    news: { ...deployment, spec: { ...spec, template: { spec: {} } } },
    details: { "spec.template.spec": "DELETE" },
  },
  {
    type: "kubernetes:core/v1:ConfigMap",
    old: { metadata: { name: "config" }, data: { level: "info" } },
    news: { metadata: { name: "config" }, data: { level: "debug" } },
    details: { "data.level": "UPDATE_REPLACE" },
  },
  {
    type: "kubernetes:core/v1:Service",
    old: { metadata: { name: "c" }, spec: { ports: [{ port: 80 }] } },
    news: { metadata: { name: "c" }, spec: { ports: [{ port: 81 }, { port: 82 }] } },
    details: { "spec.ports[0].port": "UPDATE", "spec.ports[1]": "ADD" },
  },
  {
    type: "random:index/randomBytes:RandomBytes",
    old: { length: 32, keepers: { rotation: "1" } },
    news: { length: 32, keepers: { rotation: "2" } },
    details: { "keepers.rotation": "UPDATE_REPLACE" },
  },
])("$type", ({ type, old, news, details }) => {
  it(`changes ${JSON.stringify(details)}`, async () => {
    const state = { ...old, project: "p", ackDeadlineSeconds: 10 };
    const difference = await engines[type.split(":")[0] ?? ""]?.diff({ type }, { inputs: old, state }, news);
    expect(difference?.details).toEqual(details);
  });
});

describe("leaving out what the service may choose", () => {
  it("is no change", async () => {
    const without = omit(bucket, ["rpo"]);
    const target = { type: "gcp:storage/bucket:Bucket" };
    expect(await engines["gcp"]?.diff(target, { inputs: bucket, state: bucket }, without)).toMatchObject({
      changed: false,
    });
  });

  it("nor is naming what it has chosen", async () => {
    const state = { ...bucket, publicAccessPrevention: "inherited" };
    const target = { type: "gcp:storage/bucket:Bucket" };
    expect(await engines["gcp"]?.diff(target, { inputs: bucket, state }, state)).toMatchObject({
      changed: false,
    });
  });
});

describe("a replacement deletes first", () => {
  it.each<{ what: string; type: string; old: Properties; news: Properties; first: boolean }>([
    {
      what: "under the same given name",
      type: "gcp:storage/bucket:Bucket",
      old: bucket,
      news: { ...bucket, location: "EU" },
      first: true,
    },
    {
      what: "not under a generated name",
      type: "gcp:storage/bucket:Bucket",
      old: { ...bucket, name: "media-0123abc" },
      news: { ...bucket, name: "media-0123abc", location: "EU" },
      first: false,
    },
    {
      what: "not under another name",
      type: "gcp:storage/bucket:Bucket",
      old: bucket,
      news: { ...bucket, name: "other", location: "EU" },
      first: false,
    },
    {
      what: "not when the service names the object",
      type: "gcp:storage/hmacKey:HmacKey",
      old: { serviceAccountEmail: "a@p" },
      news: { serviceAccountEmail: "b@p" },
      first: false,
    },
    {
      what: "under the same name and namespace",
      type: "kubernetes:apps/v1:Deployment",
      old: deployment,
      news: { ...deployment, spec: { ...spec, selector: { matchLabels: { app: "x" } } } },
      first: true,
    },
    {
      what: "not in another namespace",
      type: "kubernetes:apps/v1:Deployment",
      old: deployment,
      news: { ...deployment, metadata: { name: "worker", namespace: "other" } },
      first: false,
    },
  ])("$what: $type", async ({ type, old, news, first }) => {
    const engine = engines[type.split(":")[0] ?? ""];
    const difference = await engine?.diff({ type }, { inputs: old, state: old }, news);
    expect(difference).toMatchObject({ deleteBeforeReplace: first });
    expect(difference?.replaces).not.toEqual([]);
  });
});

describe("the provider's own configuration", () => {
  it("another context is another cluster: everything in it is replaced", async () => {
    const difference = await engines["kubernetes"]?.diffConfig({ context: "east" }, { context: "west" });
    expect(difference).toMatchObject({ replaces: ["context"] });
  });

  it("the same cluster by another kubeconfig is not", async () => {
    const difference = await engines["kubernetes"]?.diffConfig(
      { kubeconfig: "current-context: east\n" },
      { kubeconfig: '{"current-context": "east"}' },
    );
    expect(difference).toMatchObject({ changed: true, replaces: [] });
  });

  it("a ConfigMap is changed in place where the provider says so", async () => {
    const mutable = await connect(kubernetesModel, undefined, { enableConfigMapMutable: "true" });
    const old = { metadata: { name: "config" }, data: { level: "info" } };
    const difference = await mutable.diff(
      { type: "kubernetes:core/v1:ConfigMap" },
      { inputs: old, state: old },
      { ...old, data: { level: "debug" } },
    );
    await mutable.close();
    expect(difference.details).toEqual({ "data.level": "UPDATE" });
  });
});
