import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { kubernetesModel } from "../../../sandbox/providers/kubernetes/model.ts";
import { randomModel } from "../../../sandbox/providers/random/model.ts";
import { secret, type Properties } from "../../../sandbox/providers/values.ts";
import { connect, type Engine } from "./engine-client.ts";
import { projectId, projectNumber, startTestCloud, type TestCloud } from "./local-cloud.ts";

const email = `signer@${projectId}.iam.gserviceaccount.com`;
const signer = `serviceAccount:${email}`;
const metadata = { name: "coordinator", namespace: "media", labels: { app: "coordinator" } };
const selector = { matchLabels: { app: "coordinator" } };
const deploymentSpec = {
  replicas: 1,
  selector,
  template: {
    metadata: { labels: { app: "coordinator" } },
    spec: { containers: [{ name: "coordinator", image: "coordinator:1" }] },
  },
};

interface Example {
  type: string;
  inputs: Properties;
  /** The id, or a pattern of it. */
  id: string | RegExp;
  /** What an update in place changes; types without are replaced by any change. */
  update?: Properties;
  /** Other spellings of the id that `pulumi import` takes. */
  importIds?: string[];
  /** Values live in the engine's state only: nothing can be deleted behind its back. */
  stateOnly?: true;
  /** Outputs, given those of the created resource. */
  outputs: Properties;
}

/** In the order of their dependencies. */
const examples: Example[] = [
  {
    type: "gcp:serviceaccount/account:Account",
    inputs: { accountId: "signer", displayName: "Signer" },
    update: { displayName: "Signs URLs", description: "no other power" },
    id: `projects/${projectId}/serviceAccounts/${email}`,
    importIds: [email],
    outputs: { email, member: signer, project: projectId, deletionPolicy: "DELETE" },
  },
  {
    type: "gcp:storage/bucket:Bucket",
    inputs: {
      name: "mpegflow-media",
      location: "us",
      customPlacementConfig: { dataLocations: ["us-east4", "us-west1"] },
      rpo: "ASYNC_TURBO",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      labels: { team: "video" },
      lifecycleRules: [
        {
          action: { type: "SetStorageClass", storageClass: "NEARLINE" },
          condition: { age: 30, matchesPrefixes: ["outputs/"] },
        },
        {
          action: { type: "AbortIncompleteMultipartUpload" },
          condition: { age: 0, sendAgeIfZero: true },
        },
      ],
      cors: [{ origins: ["https://example.com"], methods: ["GET"], maxAgeSeconds: 3600 }],
    },
    update: {
      labels: { owner: "playout" },
      rpo: "DEFAULT",
      lifecycleRules: [{ action: { type: "Delete" }, condition: { daysSinceCustomTime: 7 } }],
      versioning: { enabled: true },
      cors: [],
    },
    id: "mpegflow-media",
    importIds: [`${projectId}/mpegflow-media`],
    outputs: {
      location: "US",
      customPlacementConfig: { dataLocations: ["US-EAST4", "US-WEST1"] },
      url: "gs://mpegflow-media",
      selfLink: "https://www.googleapis.com/storage/v1/b/mpegflow-media",
      project: projectId,
      projectNumber: Number(projectNumber),
      storageClass: "STANDARD",
      forceDestroy: false,
    },
  },
  {
    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
    inputs: { bucket: "mpegflow-media", role: "roles/storage.objectUser", member: signer },
    id: `b/mpegflow-media/roles/storage.objectUser/${signer}`,
    importIds: [`b/mpegflow-media roles/storage.objectUser ${signer}`],
    outputs: { bucket: "b/mpegflow-media" },
  },
  {
    type: "gcp:serviceaccount/iAMMember:IAMMember",
    inputs: {
      serviceAccountId: `projects/${projectId}/serviceAccounts/${email}`,
      role: "roles/iam.serviceAccountTokenCreator",
      member: "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s",
    },
    id: /serviceAccounts\/signer@.*\/roles\/iam\.serviceAccountTokenCreator\/principal:/,
    outputs: {},
  },
  {
    type: "gcp:projects/iAMMember:IAMMember",
    inputs: { project: projectId, role: "roles/pubsub.viewer", member: signer },
    id: `${projectId}/roles/pubsub.viewer/${signer}`,
    importIds: [`${projectId} roles/pubsub.viewer ${signer}`],
    outputs: { project: projectId },
  },
  {
    type: "gcp:storage/transferJob:TransferJob",
    inputs: {
      description: "first wave",
      transferSpec: {
        awsS3DataSource: { bucketName: "archive", roleArn: "arn:aws:iam::123456789012:role/transfer" },
        gcsDataSink: { bucketName: "mpegflow-media", path: "archive/" },
        objectConditions: { includePrefixes: ["2019/"] },
        transferOptions: { overwriteWhen: "DIFFERENT" },
      },
      schedule: { scheduleStartDate: { year: 2026, month: 12, day: 1 } },
    },
    update: { status: "DISABLED", description: "first wave, paused" },
    id: new RegExp(`^${projectId}/\\d+$`),
    outputs: { project: projectId, status: "ENABLED" },
  },
  {
    type: "gcp:storage/hmacKey:HmacKey",
    inputs: { serviceAccountEmail: email },
    update: { state: "INACTIVE" },
    id: new RegExp(`^projects/${projectId}/hmacKeys/GOOG1E[A-Z2-7]{55}$`),
    outputs: { state: "ACTIVE", project: projectId },
  },
  {
    type: "gcp:secretmanager/secret:Secret",
    inputs: {
      secretId: "signer-key",
      labels: { team: "video" },
      replication: { userManaged: { replicas: [{ location: "us-east4" }, { location: "us-west1" }] } },
    },
    update: { labels: { team: "playout" }, annotations: { note: "rotated" } },
    id: `projects/${projectId}/secrets/signer-key`,
    importIds: ["signer-key", `${projectId}/signer-key`],
    outputs: { name: `projects/${projectNumber}/secrets/signer-key`, project: projectId },
  },
  {
    type: "gcp:secretmanager/secretVersion:SecretVersion",
    inputs: { secret: `projects/${projectId}/secrets/signer-key`, secretData: secret("a payload") },
    update: { enabled: false },
    id: `projects/${projectNumber}/secrets/signer-key/versions/1`,
    outputs: { version: "1", enabled: true, secret: `projects/${projectId}/secrets/signer-key` },
  },
  {
    type: "gcp:secretmanager/secretIamMember:SecretIamMember",
    inputs: { secretId: "signer-key", role: "roles/secretmanager.secretAccessor", member: signer },
    id: `projects/${projectId}/secrets/signer-key/roles/secretmanager.secretAccessor/${signer}`,
    importIds: [`projects/${projectId}/secrets/signer-key roles/secretmanager.secretAccessor ${signer}`],
    outputs: { secretId: `projects/${projectId}/secrets/signer-key`, project: projectId },
  },
  {
    type: "gcp:pubsub/topic:Topic",
    inputs: {
      name: "jobs",
      labels: { team: "video" },
      messageStoragePolicy: { allowedPersistenceRegions: ["us-west1", "us-east4"] },
    },
    update: { messageRetentionDuration: "86400s" },
    id: `projects/${projectId}/topics/jobs`,
    importIds: ["jobs", `${projectId}/jobs`],
    outputs: { project: projectId },
  },
  {
    type: "gcp:pubsub/subscription:Subscription",
    inputs: {
      name: "jobs-pull",
      topic: `projects/${projectId}/topics/jobs`,
      ackDeadlineSeconds: 60,
      expirationPolicy: { ttl: "" },
      retryPolicy: { minimumBackoff: "10s" },
      deadLetterPolicy: { deadLetterTopic: `projects/${projectId}/topics/jobs`, maxDeliveryAttempts: 5 },
    },
    update: {
      ackDeadlineSeconds: 600,
      deadLetterPolicy: { deadLetterTopic: "jobs", maxDeliveryAttempts: 9 },
    },
    id: `projects/${projectId}/subscriptions/jobs-pull`,
    importIds: ["jobs-pull"],
    outputs: {
      topic: `projects/${projectId}/topics/jobs`,
      messageRetentionDuration: "604800s",
      retryPolicy: { minimumBackoff: "10s", maximumBackoff: "600s" },
    },
  },
  {
    type: "gcp:pubsub/topicIAMMember:TopicIAMMember",
    inputs: { topic: "jobs", role: "roles/pubsub.publisher", member: signer },
    id: `projects/${projectId}/topics/jobs/roles/pubsub.publisher/${signer}`,
    outputs: { topic: `projects/${projectId}/topics/jobs` },
  },
  {
    type: "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
    inputs: { subscription: "jobs-pull", role: "roles/pubsub.subscriber", member: signer },
    id: `projects/${projectId}/subscriptions/jobs-pull/roles/pubsub.subscriber/${signer}`,
    outputs: { subscription: `projects/${projectId}/subscriptions/jobs-pull` },
  },
  {
    type: "gcp:projects/service:Service",
    inputs: { service: "pubsub.googleapis.com", disableOnDestroy: true },
    id: `${projectId}/pubsub.googleapis.com`,
    outputs: { project: projectId },
  },
  {
    type: "kubernetes:core/v1:Namespace",
    inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "media" } },
    update: { metadata: { name: "media", labels: { team: "video" } } },
    id: "media",
    outputs: { kind: "Namespace" },
  },
  {
    type: "kubernetes:core/v1:ServiceAccount",
    inputs: { metadata, automountServiceAccountToken: false },
    update: { automountServiceAccountToken: true },
    id: "media/coordinator",
    outputs: { apiVersion: "v1", kind: "ServiceAccount" },
  },
  {
    type: "kubernetes:core/v1:ConfigMap",
    inputs: { metadata, data: { level: "info" } },
    update: { metadata: { ...metadata, annotations: { note: "x" } } },
    id: "media/coordinator",
    outputs: {},
  },
  {
    type: "kubernetes:core/v1:Service",
    inputs: {
      metadata,
      spec: {
        type: "ClusterIP",
        selector: { app: "coordinator" },
        ports: [{ port: 80, targetPort: "http" }],
      },
    },
    update: { spec: { selector: { app: "coordinator" }, ports: [{ port: 8080, targetPort: 8080 }] } },
    id: "media/coordinator",
    outputs: {},
  },
  {
    type: "kubernetes:apps/v1:Deployment",
    inputs: { metadata, spec: deploymentSpec },
    update: { spec: { ...deploymentSpec, replicas: 2 } },
    id: "media/coordinator",
    outputs: { apiVersion: "apps/v1" },
  },
  {
    type: "kubernetes:policy/v1:PodDisruptionBudget",
    inputs: { metadata, spec: { maxUnavailable: 1, selector } },
    update: { spec: { maxUnavailable: "50%", selector } },
    id: "media/coordinator",
    outputs: {},
  },
  {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    inputs: { metadata, spec: { podSelector: {}, policyTypes: ["Egress"], egress: [] } },
    update: { spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{}] } },
    id: "media/coordinator",
    outputs: {},
  },
  {
    type: "random:index/randomBytes:RandomBytes",
    inputs: { length: 32, keepers: { rotation: "1" } },
    id: "none",
    stateOnly: true,
    outputs: { length: 32 },
  },
  {
    type: "random:index/randomId:RandomId",
    inputs: { byteLength: 4, prefix: "m-" },
    id: /^[\w-]{6}$/,
    stateOnly: true,
    outputs: { byteLength: 4 },
  },
];

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
  engines["random"] = await connect(randomModel);
});

afterAll(async () => {
  for (const engine of Object.values(engines)) await engine?.close();
  await cloud.close();
});

it("covers every modelled type but Secret of Kubernetes, which the local cluster does not hold", () => {
  const modelled = [gcpModel, kubernetesModel, randomModel].flatMap(({ resources }) =>
    resources.map(({ type }) => type),
  );
  expect([...examples.map(({ type }) => type), "kubernetes:core/v1:Secret"].sort()).toEqual(modelled.sort());
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

  it("can be imported by its id", async () => {
    if (example.stateOnly) return;
    const engine = engineOf(type);
    for (const importId of [resource.id, ...(example.importIds ?? [])]) {
      // Field access of an IAM grant's id is Terraform's, with spaces; the id alone names no resource.
      if (type.toLowerCase().includes("iammember") && !importId.includes(" ")) continue;
      const imported = await engine.read(target, importId);
      expect(imported.id).toBe(resource.id);
      const { inputs } = await engine.check(target, example.inputs, imported.inputs);
      const { details } = await engine.diff(target, imported, inputs);
      const localOnly = ["disableOnDestroy", "lifecycleRules[1].condition.sendAgeIfZero"];
      expect(
        Object.keys(details).filter((path) => !localOnly.includes(path) && !path.startsWith("labels")),
      ).toEqual([]);
    }
  });

  it("is updated in place, and then shows no change", async () => {
    if (example.update === undefined) return;
    const engine = engineOf(type);
    const { inputs } = await engine.check(target, { ...example.inputs, ...example.update }, resource.inputs);
    const difference = await engine.diff(target, resource, inputs);
    expect(difference).toMatchObject({ changed: true, replaces: [] });
    expect(Object.keys(difference.details).map((path) => path.replace(/[.[].*/, ""))).toEqual(
      expect.arrayContaining(Object.keys(example.update)),
    );
    resource = await engine.update(target, resource, inputs);
    expect(await engine.diff(target, resource, inputs)).toMatchObject({ changed: false });
    expect(await engine.read(target, resource.id, resource)).toMatchObject({
      inputs: resource.inputs,
      state: { ...resource.state },
    });
  });

  it("is gone after its deletion, and a second deletion does not fail", async () => {
    if (example.stateOnly) return;
    const engine = engineOf(type);
    // On a copy of its own, so that later examples still have what they stand on.
    const own = await engine.make({ type, name: "own" }, ownCopy(type, example.inputs));
    await engine.delete(target, own);
    expect((await engine.read(target, own.id, own)).id).toBe("");
    await engine.delete(target, own);
  });
});

/** Inputs that make another resource of the same type. */
function ownCopy(type: string, inputs: Properties): Properties {
  const others: Properties = {
    name: "own-copy",
    accountId: "own-copy",
    secretId: "own-copy",
    metadata: type.endsWith(":Namespace") ? { name: "own-copy" } : { ...metadata, name: "own-copy" },
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
