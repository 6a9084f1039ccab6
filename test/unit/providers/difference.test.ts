import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { kubernetesModel } from "../../../sandbox/providers/kubernetes/model.ts";
import { randomModel } from "../../../sandbox/providers/random/model.ts";
import { omit, secret, unknown, type Properties } from "../../../sandbox/providers/values.ts";
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
const replica = (location: string, kmsKeyName: string): Properties => ({
  location,
  customerManagedEncryption: { kmsKeyName },
});
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
    type: "gcp:pubsub/topic:Topic",
    old: { name: "jobs", kmsKeyName: "one" },
    news: { name: "jobs", kmsKeyName: "two" },
    details: { kmsKeyName: "UPDATE" },
  },
  {
    type: "gcp:secretmanager/secret:Secret",
    old: { secretId: "key", replication: { userManaged: { replicas: [replica("us-east4", "one")] } } },
    news: { secretId: "key", replication: { userManaged: { replicas: [replica("us-east4", "two")] } } },
    details: { "replication.userManaged.replicas[0].customerManagedEncryption.kmsKeyName": "UPDATE" },
  },
  {
    type: "gcp:secretmanager/secret:Secret",
    old: { secretId: "key", replication: { userManaged: { replicas: [replica("us-east4", "one")] } } },
    news: { secretId: "key", replication: { userManaged: { replicas: [replica("us-west1", "one")] } } },
    details: { "replication.userManaged.replicas[0].location": "UPDATE_REPLACE" },
  },
  {
    type: "gcp:storage/transferJob:TransferJob",
    old: { name: "transferJobs/one" },
    news: { name: "transferJobs/two" },
    details: { name: "UPDATE" },
  },
  {
    type: "gcp:projects/iAMAuditConfig:IAMAuditConfig",
    old: { project: "p", service: "storage.googleapis.com" },
    news: { project: "p", service: "pubsub.googleapis.com" },
    details: { service: "UPDATE" },
  },
  {
    type: "gcp:logging/metric:Metric",
    old: { name: "plays", metricDescriptor: { labels: [{ key: "codec" }] } },
    news: { name: "plays", metricDescriptor: { labels: [{ key: "codec" }, { key: "height" }] } },
    details: { "metricDescriptor.labels": "UPDATE_REPLACE" },
  },
  {
    type: "gcp:compute/firewall:Firewall",
    old: { allows: [{ protocol: "tcp" }, { protocol: "udp" }] },
    news: { allows: [{ protocol: "udp" }, { protocol: "tcp" }] },
    details: {},
  },
  {
    type: "gcp:compute/uRLMap:URLMap",
    old: { pathMatchers: [{ name: "m", pathRules: [{ paths: ["/a"] }, { paths: ["/b"] }] }] },
    news: { pathMatchers: [{ name: "m", pathRules: [{ paths: ["/b"] }, { paths: ["/a"] }] }] },
    details: {
      "pathMatchers[0].pathRules[0].paths": "UPDATE",
      "pathMatchers[0].pathRules[1].paths": "UPDATE",
    },
  },
  {
    type: "gcp:compute/subnetwork:Subnetwork",
    old: { ipCidrRange: "10.0.16.0/20" },
    news: { ipCidrRange: "10.0.0.0/16" },
    details: { ipCidrRange: "UPDATE" },
  },
  {
    type: "gcp:compute/subnetwork:Subnetwork",
    old: { ipCidrRange: "10.0.0.0/20" },
    news: { ipCidrRange: "10.0.0.0/21" },
    details: { ipCidrRange: "UPDATE_REPLACE" },
  },
  {
    type: "gcp:container/cluster:Cluster",
    old: { enableFqdnNetworkPolicy: true },
    news: { enableFqdnNetworkPolicy: false },
    details: { enableFqdnNetworkPolicy: "UPDATE_REPLACE" },
  },
  {
    type: "gcp:container/cluster:Cluster",
    old: { enableFqdnNetworkPolicy: false },
    news: { enableFqdnNetworkPolicy: true },
    details: { enableFqdnNetworkPolicy: "UPDATE" },
  },
  {
    type: "gcp:container/nodePool:NodePool",
    old: { nodeConfig: { machineType: "c3d-standard-8", spot: false } },
    news: { nodeConfig: { machineType: "c3d-standard-16", spot: true } },
    details: { "nodeConfig.machineType": "UPDATE", "nodeConfig.spot": "UPDATE_REPLACE" },
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
  const kubeconfig = (server: string, user = "deployer") =>
    JSON.stringify({
      "current-context": "east",
      contexts: [
        { name: "east", context: { cluster: "east", user } },
        { name: "west", context: { cluster: "west", user } },
      ],
      clusters: [
        { name: "east", cluster: { server } },
        { name: "west", cluster: { server: "https://west" } },
      ],
    });

  it.each<{ what: string; old: Properties; news: Properties; replaces: string[] }>([
    {
      what: "another address of the cluster: everything in it is replaced",
      old: { kubeconfig: kubeconfig("https://one") },
      news: { kubeconfig: kubeconfig("https://two") },
      replaces: ["kubeconfig"],
    },
    {
      what: "another context of a kubeconfig: everything is replaced",
      old: { kubeconfig: kubeconfig("https://one") },
      news: { kubeconfig: kubeconfig("https://one"), context: "west" },
      replaces: ["context"],
    },
    {
      what: "a kubeconfig that is not known yet: everything is replaced",
      old: { kubeconfig: kubeconfig("https://one") },
      news: { kubeconfig: unknown },
      replaces: ["kubeconfig"],
    },
    {
      what: "a secret kubeconfig that is not known yet: everything is replaced",
      old: { kubeconfig: secret(kubeconfig("https://one")) },
      news: { kubeconfig: secret(unknown) },
      replaces: ["kubeconfig"],
    },
    {
      what: "another user of the same cluster",
      old: { kubeconfig: kubeconfig("https://one") },
      news: { kubeconfig: kubeconfig("https://one", "other") },
      replaces: [],
    },
    {
      what: "another context of a kubeconfig that the provider was not given",
      old: { context: "east" },
      news: { context: "west" },
      replaces: [],
    },
    {
      what: "another identifier: everything is replaced",
      old: { context: "east", clusterIdentifier: "east" },
      news: { context: "west", clusterIdentifier: "west" },
      replaces: ["clusterIdentifier"],
    },
    {
      what: "an identifier for the first time",
      old: { context: "east" },
      news: { context: "east", clusterIdentifier: "east" },
      replaces: [],
    },
    {
      what: "a kubeconfig that is not known yet, of the same identifier",
      old: { kubeconfig: kubeconfig("https://one"), clusterIdentifier: "east" },
      news: { kubeconfig: unknown, clusterIdentifier: "east" },
      replaces: [],
    },
  ])("$what", async ({ old, news, replaces }) => {
    expect(await engines["kubernetes"]?.diffConfig(old, news)).toMatchObject({ changed: true, replaces });
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
