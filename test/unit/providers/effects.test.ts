import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { kubernetesModel } from "../../../sandbox/providers/kubernetes/model.ts";
import { randomModel } from "../../../sandbox/providers/random/model.ts";
import { secret, unknown, type Properties } from "../../../sandbox/providers/values.ts";
import { connect, failureOf, isSecret, partialState, type Engine } from "./engine-client.ts";
import { projectId, projectNumber, readyStatus, startTestCloud, type TestCloud } from "./local-cloud.ts";

const account = { type: "gcp:serviceaccount/account:Account" };
const bucket = { type: "gcp:storage/bucket:Bucket" };
const hmacKey = { type: "gcp:storage/hmacKey:HmacKey" };
const secretType = { type: "gcp:secretmanager/secret:Secret" };
const version = { type: "gcp:secretmanager/secretVersion:SecretVersion" };
const topic = { type: "gcp:pubsub/topic:Topic" };
const subscription = { type: "gcp:pubsub/subscription:Subscription" };
const deployment = { type: "kubernetes:apps/v1:Deployment" };
const failedPrecondition = 9;

let cloud: TestCloud;
let gcp: Engine;
let kubernetes: Engine;
beforeAll(async () => {
  cloud = await startTestCloud();
  gcp = await connect(gcpModel, cloud.addressFile, { project: projectId });
  kubernetes = await connect(kubernetesModel, cloud.addressFile, { context: "east" });
  await gcp.make(account, { accountId: "signer" });
});
afterAll(async () => {
  await gcp.close();
  await kubernetes.close();
  await cloud.close();
});
const email = `signer@${projectId}.iam.gserviceaccount.com`;
const upload = (name: string, object: string) =>
  cloud.storage("POST", `/upload/storage/v1/b/${name}/o?uploadType=media&name=${object}`, "content");

describe("a preview", () => {
  it("knows the inputs and what follows from them, and nothing that the service decides", async () => {
    const { inputs } = await gcp.check(bucket, { name: "previewed", location: "EU", labels: { a: "b" } });
    const { id, state } = await gcp.create(bucket, inputs, { preview: true });
    expect(id).toBe("");
    expect(state).toMatchObject({
      name: "previewed",
      location: "EU",
      storageClass: "STANDARD",
      project: projectId,
      deletionPolicy: "DELETE",
      url: unknown,
      selfLink: unknown,
      rpo: unknown,
    });
  });

  it("knows a service account's address, so that grants to it can be checked", async () => {
    const { state } = await gcp.create(account, { accountId: "broker" }, { preview: true });
    expect(state).toMatchObject({ email: `broker@${projectId}.iam.gserviceaccount.com`, uniqueId: unknown });
  });

  it("does not know what an unknown input would give", async () => {
    const { state } = await gcp.create(account, { accountId: unknown }, { preview: true });
    expect(state).toMatchObject({ email: unknown, member: unknown });
  });

  it("keeps computed secrets secret", async () => {
    const { state } = await gcp.create(hmacKey, { serviceAccountEmail: email }, { preview: true });
    expect(isSecret(state["secret"])).toBe(true);
  });

  it("of an update keeps what stays and forgets what changes", async () => {
    const old = await gcp.make(bucket, { name: "kept-and-changed", location: "EU" });
    const { state } = await gcp.update(bucket, old, { ...old.inputs, labels: { a: "b" } }, true);
    expect(state).toMatchObject({ url: "gs://kept-and-changed", labels: { a: "b" }, updated: unknown });
  });

  it("of an update keeps what Kubernetes put into the metadata", async () => {
    const target = { type: "kubernetes:core/v1:Namespace" };
    const old = await kubernetes.make(target, { metadata: { name: "previewed" } });
    const news = { ...old.inputs, metadata: { name: "previewed", labels: { a: "b" } } };
    const { state } = await kubernetes.update(target, old, news, true);
    expect(state["metadata"]).toMatchObject({ labels: { a: "b" }, uid: "uid-of-Namespace//previewed" });
  });

  it("touches nothing", async () => {
    await gcp.create(bucket, { name: "never-made", location: "EU" }, { preview: true });
    expect((await cloud.storage("GET", "/storage/v1/b/never-made")).status).toBe(404);
  });

  it("works without a cloud", async () => {
    const alone = await connect(gcpModel, undefined, { project: "any-project" });
    const { state } = await alone.create(bucket, { name: "media", location: "EU" }, { preview: true });
    await alone.close();
    expect(state["project"]).toBe("any-project");
  });
});

describe("without a cloud", () => {
  it.each([
    {
      what: "no address",
      address: undefined,
      reason: "no local cloud is running, so only previews work here",
    },
    { what: "a stopped one", address: "/nonexistent/daemon.json", reason: "the local cloud has stopped" },
  ])("an effect fails with one sentence: $what", async ({ address, reason }) => {
    const alone = await connect(gcpModel, address, { project: projectId });
    const error = await failureOf(alone.create(bucket, { name: "media", location: "EU" }));
    await alone.close();
    expect(error.details).toBe(`${reason}: start it with \`npm run local\``);
    expect(error.code).toBe(failedPrecondition);
  });

  it("random values are made all the same, and stay secret", async () => {
    const random = await connect(randomModel);
    const target = { type: "random:index/randomBytes:RandomBytes" };
    const { state } = await random.make(target, { length: 32 });
    await random.close();
    expect([state["base64"], state["hex"]].map(isSecret)).toEqual([true, true]);
    expect((state["base64"] as { value: string }).value).toHaveLength(44);
  });
});

describe("a bucket", () => {
  it("that holds objects is not deleted", async () => {
    const made = await gcp.make(bucket, { name: "full-bucket", location: "EU" });
    await upload("full-bucket", "mezzanine.mp4");
    expect((await failureOf(gcp.delete(bucket, made))).details).toBe(
      "cannot delete bucket full-bucket: it holds objects, and forceDestroy is not true; delete them, or set forceDestroy and run `pulumi up` first",
    );
    expect((await cloud.storage("GET", "/storage/v1/b/full-bucket")).status).toBe(200);
  });

  it("that holds objects is deleted with them by forceDestroy", async () => {
    const made = await gcp.make(bucket, { name: "forced-bucket", location: "EU", forceDestroy: true });
    for (const object of ["one", "two", "a%2Fthree"]) await upload("forced-bucket", object);
    await gcp.delete(bucket, made);
    expect((await cloud.storage("GET", "/storage/v1/b/forced-bucket")).status).toBe(404);
  });

  it("in an impossible place is refused in the store's own words", async () => {
    const inputs = { name: "nowhere", location: "MARS" };
    const error = await failureOf(gcp.create(bucket, inputs));
    expect(error.details).toMatch(/^Invalid placement\..*MARS.*\(400\)$/);
    expect(error.code).toBe(failedPrecondition);
  });

  it("of another project than the cloud's is refused", async () => {
    const inputs = { name: "elsewhere", location: "EU", project: "other" };
    expect((await failureOf(gcp.create(bucket, inputs))).details).toBe(
      "the local cloud has one project, mpegflow-local, and cannot hold a resource of project other",
    );
  });

  it("changed behind the engine's back shows the drift on refresh", async () => {
    const made = await gcp.make(bucket, { name: "drifting", location: "EU", storageClass: "NEARLINE" });
    const change = { storageClass: "COLDLINE", cors: [{ origin: ["*"] }], labels: { rogue: "label" } };
    await cloud.storage("PATCH", "/storage/v1/b/drifting", JSON.stringify(change));
    const refreshed = await gcp.read(bucket, made.id, made);
    expect(refreshed.inputs).toMatchObject({ storageClass: "COLDLINE", cors: [{ origins: ["*"] }] });
    const { details } = await gcp.diff(bucket, refreshed, made.inputs);
    expect(details).toEqual({ storageClass: "UPDATE", cors: "DELETE" });
  });

  it("gets rid of settings that the program no longer has", async () => {
    const made = await gcp.make(bucket, {
      name: "tidied",
      location: "EU",
      labels: { one: "1", two: "2" },
      lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 1 } }],
      website: { mainPageSuffix: "index.html", notFoundPage: "404.html" },
    });
    const { inputs } = await gcp.check(bucket, {
      name: "tidied",
      location: "EU",
      labels: { two: "2" },
      website: { mainPageSuffix: "index.html" },
    });
    await gcp.update(bucket, made, inputs);
    const live = (await (await cloud.storage("GET", "/storage/v1/b/tidied")).json()) as Properties;
    expect(live).toMatchObject({
      labels: { two: "2", "goog-pulumi-provisioned": "true" },
      website: { mainPageSuffix: "index.html" },
    });
    expect([live["lifecycle"], (live["labels"] as Properties)["one"]]).toEqual([undefined, undefined]);
  });
});

describe("deletionPolicy", () => {
  it("PREVENT refuses to delete", async () => {
    const made = await gcp.make(topic, { name: "prevented", deletionPolicy: "PREVENT" });
    const error = await failureOf(gcp.delete(topic, made));
    expect(error.details).toBe(
      `cannot delete projects/${projectId}/topics/prevented: its deletionPolicy is PREVENT; set it to DELETE and run \`pulumi up\` first`,
    );
    const changed = await gcp.update(topic, made, { ...made.inputs, deletionPolicy: "DELETE" });
    await gcp.delete(topic, changed);
    expect((await gcp.read(topic, made.id, made)).id).toBe("");
  });

  it("ABANDON forgets the resource and leaves it", async () => {
    const made = await gcp.make(topic, { name: "abandoned", deletionPolicy: "ABANDON" });
    await gcp.delete(topic, made);
    expect((await gcp.read(topic, made.id, made)).id).toBe(made.id);
  });

  it("DISABLE keeps a secret's version, disabled", async () => {
    await gcp.make(secretType, { secretId: "disabled", replication: { auto: {} } });
    const made = await gcp.make(version, {
      secret: "disabled",
      secretData: secret("payload"),
      deletionPolicy: "DISABLE",
    });
    await gcp.delete(version, made);
    expect(await gcp.read(version, made.id, made)).toMatchObject({ id: made.id, state: { enabled: false } });
  });

  it("deletionProtection keeps a secret", async () => {
    const made = await gcp.make(secretType, {
      secretId: "protected",
      replication: { auto: {} },
      deletionProtection: true,
    });
    expect((await failureOf(gcp.delete(secretType, made))).details).toBe(
      `cannot delete projects/${projectId}/secrets/protected: its deletionProtection is true; set it to false and run \`pulumi up\` first`,
    );
  });
});

describe("an HMAC key", () => {
  it("tells its secret at creation, marked as secret, and a refresh keeps it", async () => {
    const made = await gcp.make(hmacKey, { serviceAccountEmail: email });
    expect(isSecret(made.state["secret"])).toBe(true);
    expect((made.state["secret"] as { value: string }).value).toHaveLength(40);
    const refreshed = await gcp.read(hmacKey, made.id, made);
    expect(refreshed.state["secret"]).toEqual(made.state["secret"]);
  });

  it("has no secret when it is imported", async () => {
    const made = await gcp.make(hmacKey, { serviceAccountEmail: email });
    const imported = await gcp.read(hmacKey, made.id);
    expect(imported.state).not.toHaveProperty("secret");
    expect(imported.inputs).toMatchObject({ serviceAccountEmail: email, state: "ACTIVE" });
  });

  it("is created inactive where the program says so", async () => {
    const made = await gcp.make(hmacKey, { serviceAccountEmail: email, state: "INACTIVE" });
    expect(made.state["state"]).toBe("INACTIVE");
  });

  it("is deactivated before it is deleted", async () => {
    const made = await gcp.make(hmacKey, { serviceAccountEmail: email });
    await gcp.delete(hmacKey, made);
    const live = await cloud.storage("GET", `/storage/v1/${made.id}`);
    expect(await live.json()).toMatchObject({ state: "DELETED" });
  });

  it("needs an account that exists", async () => {
    const inputs = { serviceAccountEmail: `nobody@${projectId}.iam.gserviceaccount.com` };
    expect((await failureOf(gcp.create(hmacKey, inputs))).details).toBe(
      `Service account not found: nobody@${projectId}.iam.gserviceaccount.com (404)`,
    );
  });
});

describe("a secret's payload", () => {
  it("is stored, marked as secret in inputs and state, and never leaves in an error", async () => {
    await gcp.make(secretType, { secretId: "payloads", replication: { auto: {} } });
    const made = await gcp.make(version, { secret: "payloads", secretData: secret("very-private") });
    expect([made.inputs["secretData"], made.state["secretData"]].map(isSecret)).toEqual([true, true]);
    const error = await failureOf(
      gcp.create(version, { secret: "missing", secretData: secret("very-private") }),
    );
    expect(error.details).toBe("Secret [missing] not found. (404)");
  });

  it("comes with an import, marked as secret", async () => {
    const imported = await gcp.read(version, `projects/${projectId}/secrets/payloads/versions/1`);
    expect(imported.state["secretData"]).toEqual(secret("very-private"));
    expect(imported.inputs["secretData"]).toEqual(secret("very-private"));
  });

  it("may be given in base64", async () => {
    const made = await gcp.make(version, {
      secret: "payloads",
      secretData: secret(Buffer.from([0, 255]).toString("base64")),
      isSecretDataBase64: true,
    });
    expect((await gcp.read(version, made.id, made)).state["secretData"]).toEqual(made.state["secretData"]);
  });
});

describe("what exists already is not taken over", () => {
  it.each<{ target: { type: string }; inputs: Properties; message: string }>([
    {
      target: topic,
      inputs: { name: "twice" },
      message: "twice already exists (409)",
    },
    {
      target: account,
      inputs: { accountId: "signer-2" },
      message: `service account signer-2@${projectId}.iam.gserviceaccount.com already exists in project ${projectId}`,
    },
    {
      target: bucket,
      inputs: { name: "made-twice", location: "EU" },
      message: "Your previous request to create the named bucket succeeded and you already own it. (409)",
    },
    {
      target: secretType,
      inputs: { secretId: "twice", replication: { auto: {} } },
      message: "Secret [twice] already exists. (409)",
    },
  ])("$target.type", async ({ target, inputs, message }) => {
    await gcp.make(target, inputs);
    expect((await failureOf(gcp.make(target, inputs))).details).toBe(message);
  });

  it("except a service account, where the program says so", async () => {
    await gcp.make(account, { accountId: "signer-3" });
    const made = await gcp.make(account, { accountId: "signer-3", createIgnoreAlreadyExists: true });
    expect(made.state["email"]).toBe(`signer-3@${projectId}.iam.gserviceaccount.com`);
  });
});

it("a role is not granted on what does not exist", async () => {
  const inputs = { topic: "missing", role: "roles/pubsub.publisher", member: "user:a@example.com" };
  const error = await failureOf(gcp.create({ type: "gcp:pubsub/topicIAMMember:TopicIAMMember" }, inputs));
  expect(error.details).toBe(
    `pubsub.googleapis.com/projects/${projectId}/topics/missing does not exist, so no role on it can be granted`,
  );
});

it("what is granted on a bucket and on a secret can be read from their own APIs, until it is withdrawn", async () => {
  const member = `serviceAccount:${email}`;
  await gcp.make(bucket, { name: "granted", location: "EU" });
  await gcp.make(secretType, { secretId: "granted", replication: { auto: {} } });
  const bucketGrant = { type: "gcp:storage/bucketIAMMember:BucketIAMMember" };
  const onBucket = await gcp.make(bucketGrant, {
    bucket: "granted",
    role: "roles/storage.objectUser",
    member,
  });
  await gcp.make(
    { type: "gcp:secretmanager/secretIamMember:SecretIamMember" },
    { secretId: "granted", role: "roles/secretmanager.secretAccessor", member },
  );
  const bindings = async () => {
    const { secretManager, deployerToken } = cloud.address;
    const answers = [
      await cloud.storage("GET", "/storage/v1/b/granted/iam"),
      await fetch(`${secretManager.url}/v1/projects/${projectId}/secrets/granted:getIamPolicy`, {
        headers: { authorization: `Bearer ${deployerToken}` },
      }),
    ];
    return Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { bindings: unknown }).bindings),
    );
  };
  expect(await bindings()).toEqual([
    [{ role: "roles/storage.objectUser", members: [member] }],
    [{ role: "roles/secretmanager.secretAccessor", members: [member] }],
  ]);
  await gcp.delete(bucketGrant, onBucket);
  expect(await bindings()).toEqual([[], [{ role: "roles/secretmanager.secretAccessor", members: [member] }]]);
});

it("the key of a secret changes in place", async () => {
  const replication = (kmsKeyName: string) => ({ auto: { customerManagedEncryption: { kmsKeyName } } });
  const made = await gcp.make(secretType, { secretId: "keyed", replication: replication("one") });
  const updated = await gcp.update(secretType, made, { ...made.inputs, replication: replication("two") });
  expect(updated.state).toMatchObject({ replication: replication("two") });
  expect(await gcp.read(secretType, made.id, updated)).toMatchObject({
    state: { replication: replication("two") },
  });
});

it("a conditional grant is previewed, but not made", async () => {
  const target = { type: "gcp:storage/bucketIAMMember:BucketIAMMember" };
  const condition = { title: "until 2030", expression: "request.time < timestamp('2030-01-01T00:00:00Z')" };
  const inputs = { bucket: "media", role: "roles/storage.objectViewer", member: "allUsers", condition };
  expect((await gcp.create(target, inputs, { preview: true })).state).toMatchObject({ condition });
  expect((await failureOf(gcp.create(target, inputs))).details).toBe(
    "the local cloud evaluates no IAM conditions: a conditional grant can be previewed only",
  );
});

it("a cloud that is not there any more is said to be so", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "providers-")), "daemon.json");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const gone = { ...cloud.address, storage: { url: `http://127.0.0.1:${port}` } };
  writeFileSync(file, JSON.stringify(gone));
  const stranded = await connect(gcpModel, file, { project: projectId });
  const error = await failureOf(stranded.create(bucket, { name: "media", location: "EU" }));
  await stranded.close();
  rmSync(dirname(file), { recursive: true });
  expect(error.details).toBe(
    `the local cloud at 127.0.0.1:${port} cannot be reached: start it with \`npm run local\``,
  );
});

it("a push subscription to another machine is previewed, but not created", async () => {
  const inputs = { name: "push", topic: "jobs", pushConfig: { pushEndpoint: "https://example.com" } };
  const { state } = await gcp.create(subscription, inputs, { preview: true });
  expect(state).toMatchObject(inputs);
  expect((await failureOf(gcp.create(subscription, inputs))).details).toBe(
    "the local Pub/Sub pushes to this machine's loopback address only: a subscription with the endpoint https://example.com can be previewed, not created",
  );
});

describe("lookups", () => {
  it("of the project give the cloud's number", async () => {
    expect(await gcp.invoke("gcp:organizations/getProject:getProject", {})).toMatchObject({
      number: projectNumber,
      projectId,
    });
  });

  it("where no cloud is running say what to do instead", async () => {
    const alone = await connect(gcpModel, undefined, { project: projectId });
    const error = await failureOf(alone.invoke("gcp:organizations/getProject:getProject", {}));
    await alone.close();
    expect(error.details).toBe(
      "gcp:organizations/getProject:getProject asks the cloud, and no local cloud is running: configure what it would answer, or start one with `npm run local`",
    );
  });

  it("of another project fail", async () => {
    const lookup = gcp.invoke("gcp:organizations/getProject:getProject", { projectId: "other" });
    expect((await failureOf(lookup)).details).toBe(
      "project other is not found: the local cloud has one project, mpegflow-local",
    );
  });

  it("of Cloud Storage's service agent", async () => {
    const found = await gcp.invoke("gcp:storage/getProjectServiceAccount:getProjectServiceAccount", {});
    expect(found["emailAddress"]).toBe(
      `service-${projectNumber}@gs-project-accounts.iam.gserviceaccount.com`,
    );
  });
});

describe("a Deployment", () => {
  const inputs = (name: string, more: Properties = {}): Properties => ({
    metadata: { name, namespace: "media", ...more },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, image: `${name}:1`, env: [{ name: "KEY", value: secret("hidden") }] }] },
      },
    },
  });
  const crashing = () => ({
    observedGeneration: 1,
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 1,
    availableReplicas: 1,
    pods: [
      { name: "worker-a", ready: true, reason: "Ready" },
      { name: "worker-b", ready: false, reason: "CrashLoopBackOff (last exit: code 1)" },
    ],
  });

  it("is waited for until its pods are ready", async () => {
    let asked = 0;
    cloud.statusOfDeployments((manifest) => ((asked += 1) < 3 ? crashing() : readyStatus(manifest)));
    const made = await kubernetes.make(deployment, inputs("awaited"));
    expect(made.state["status"]).toMatchObject({ readyReplicas: 2 });
    expect(asked).toBeGreaterThanOrEqual(3);
  });

  it("whose pods do not start fails with their own reason, and stays in the state", async () => {
    cloud.statusOfDeployments(crashing);
    const { inputs: checked } = await kubernetes.check(deployment, inputs("crashing"));
    const error = await failureOf(kubernetes.create(deployment, checked, { timeout: 1 }));
    const reason =
      "Deployment media/crashing is not ready: 1 of 2 pods ready after 1 s; pod worker-b: CrashLoopBackOff (last exit: code 1)";
    expect(error.details).toBe(reason);
    expect(partialState(error)).toMatchObject({ id: "media/crashing", reasons: [reason] });
  });

  it("is not waited for where an annotation says so", async () => {
    cloud.statusOfDeployments(crashing);
    const skipping = inputs("skipping", { annotations: { "pulumi.com/skipAwait": "true" } });
    expect((await kubernetes.make(deployment, skipping)).id).toBe("media/skipping");
  });

  it("stops being waited for when the update is cancelled, and stays in the state", async () => {
    cloud.statusOfDeployments(crashing);
    const own = await connect(kubernetesModel, cloud.addressFile, { context: "west" });
    const { inputs: checked } = await own.check(deployment, inputs("cancelled"));
    const failing = failureOf(own.create(deployment, checked));
    setTimeout(() => void own.cancel(), 300);
    const error = await failing;
    expect(error.details).toMatch(
      /^Deployment media\/cancelled is not ready: 1 of 2 pods ready when cancelled;/,
    );
    expect(partialState(error).id).toBe("media/cancelled");
    await own.close();
  });

  it("keeps a secret in its environment secret, and shows nothing that only the local cluster has", async () => {
    cloud.statusOfDeployments(readyStatus);
    const { state } = await kubernetes.make(deployment, inputs("secretive"));
    expect(JSON.stringify(state)).toContain('"1b47061264138c4ac30d75fd1eb44270","value":"hidden"');
    expect(state["status"]).not.toHaveProperty("pods");
  });

  it("lives in the cluster of the provider's context only", async () => {
    const west = await connect(kubernetesModel, cloud.addressFile, { context: "west" });
    const here = await kubernetes.make(
      { type: "kubernetes:core/v1:Namespace" },
      { metadata: { name: "east-only" } },
    );
    expect((await west.read({ type: "kubernetes:core/v1:Namespace" }, here.id, here)).id).toBe("");
    await west.close();
  });

  it("needs a provider that names a cluster", async () => {
    const nowhere = await connect(kubernetesModel, cloud.addressFile);
    const error = await failureOf(
      nowhere.create({ type: "kubernetes:core/v1:Namespace" }, { metadata: { name: "n" } }),
    );
    await nowhere.close();
    expect(error.details).toBe(
      "the kubernetes provider names no cluster: set its context, e.g. `new kubernetes.Provider(name, { context: CLUSTER })`",
    );
  });
});
