import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import type { Properties } from "../../../sandbox/providers/values.ts";
import { connect, failureOf, type Engine } from "./engine-client.ts";
import { projectId, projectNumber, startTestCloud, type TestCloud } from "./local-cloud.ts";

const keyRing = { type: "gcp:kms/keyRing:KeyRing" };
const cryptoKey = { type: "gcp:kms/cryptoKey:CryptoKey" };
const grant = { type: "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember" };
const bucket = { type: "gcp:storage/bucket:Bucket" };
const topic = { type: "gcp:pubsub/topic:Topic" };
const identity = { type: "gcp:projects/serviceIdentity:ServiceIdentity" };
const ringNamed = (name: string) => `projects/${projectId}/locations/nam4/keyRings/${name}`;

let cloud: TestCloud;
let gcp: Engine;
beforeAll(async () => {
  cloud = await startTestCloud();
  gcp = await connect(gcpModel, cloud.addressFile, { project: projectId });
});
afterAll(async () => {
  await gcp.close();
  await cloud.close();
});

const makeRing = (name: string) => gcp.make(keyRing, { name, location: "nam4" });
const makeKey = async (name: string, inputs: Properties = {}) =>
  gcp.make(cryptoKey, { name, keyRing: (await makeRing(`ring-of-${name}`)).id, ...inputs });

describe("a key ring", () => {
  it("is refused under the name of one that was deleted, for it is still there", async () => {
    const made = await makeRing("once");
    await gcp.delete(keyRing, made);
    const { message } = await failureOf(makeRing("once"));
    expect(message).toContain(`${ringNamed("once")} already exists`);
  });

  it("can be adopted again by an import", async () => {
    const made = await makeRing("adopted");
    await gcp.delete(keyRing, made);
    expect(await gcp.read(keyRing, "nam4/adopted")).toMatchObject({
      id: made.id,
      inputs: { name: "adopted", location: "nam4" },
    });
  });

  it.each(["NAM4", "EU"])("is refused in %s, which is how Cloud Storage spells it", async (location) => {
    const { failures } = await gcp.check(keyRing, { name: "media", location });
    expect(failures.join()).toContain(`location "${location}" is none of Cloud KMS: buckets and keys spell`);
  });
});

describe("a key", () => {
  it("has a first version that encrypts", async () => {
    const { id, state } = await makeKey("fresh");
    expect(state["primaries"]).toEqual([{ name: `${id}/cryptoKeyVersions/1`, state: "ENABLED" }]);
  });

  it("needs its key ring", async () => {
    const { message } = await failureOf(gcp.make(cryptoKey, { name: "lost", keyRing: ringNamed("nowhere") }));
    expect(message).toContain(`KeyRing ${ringNamed("nowhere")} not found`);
  });

  it("stays when it is deleted, without a version, so that its name is used up", async () => {
    const made = await makeKey("destroyed", { rotationPeriod: "7776000s" });
    await gcp.delete(cryptoKey, made);
    const left = await gcp.read(cryptoKey, made.id);
    expect(left.state["primaries"]).toEqual([]);
    expect(left.state).not.toHaveProperty("rotationPeriod");
    const { message } = await failureOf(gcp.make(cryptoKey, made.inputs));
    expect(message).toContain(`${made.id} already exists`);
  });

  it("is not deleted when its policy is PREVENT", async () => {
    const made = await makeKey("kept", { deletionPolicy: "PREVENT" });
    const { message } = await failureOf(gcp.delete(cryptoKey, made));
    expect(message).toContain(`cannot delete ${made.id}: its deletionPolicy is PREVENT`);
  });

  it.each([
    ["rotationPeriod", "3600s", "rotationPeriod must be from 86400s (24 hours) to 3153600000s"],
    [
      "destroyScheduledDuration",
      "3600s",
      "destroyScheduledDuration must be from 86400s to 10368000s (120 days)",
    ],
  ])("is refused with %s %s", async (field, value, problem) => {
    const { failures } = await gcp.check(cryptoKey, {
      keyRing: ringNamed("media"),
      name: "k",
      [field]: value,
    });
    expect(failures.join()).toContain(problem);
  });

  it.each([
    ["name", { name: "other" }],
    ["destroyScheduledDuration", { destroyScheduledDuration: "86400s" }],
    [
      "versionTemplate",
      { versionTemplate: { algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION", protectionLevel: "HSM" } },
    ],
  ])("is replaced by a change of %s", async (field, change) => {
    const made = await makeKey(`replaced-${field}`);
    const { inputs } = await gcp.check(cryptoKey, { ...made.inputs, ...change }, made.inputs);
    expect((await gcp.diff(cryptoKey, made, inputs)).replaces.join()).toContain(field);
  });
});

const agents = {
  bucket: `serviceAccount:service-${projectNumber}@gs-project-accounts.iam.gserviceaccount.com`,
  topic: `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`,
};
const mayUse = (keyId: string, member: string) =>
  gcp.make(grant, { cryptoKeyId: keyId, member, role: "roles/cloudkms.cryptoKeyEncrypterDecrypter" });
const bucketWith = (name: string, defaultKmsKeyName: string, location = "NAM4") =>
  gcp.make(bucket, { name, location, encryption: { defaultKmsKeyName } });
const topicWith = (name: string, kmsKeyName: string) => gcp.make(topic, { name, kmsKeyName });

describe("a bucket with a key", () => {
  it("is refused, in Google's words, while Cloud Storage's agent may not use the key", async () => {
    const { id } = await makeKey("unshared");
    await mayUse(id, agents.topic);
    const { message } = await failureOf(bucketWith("unshared", id));
    expect(message).toContain(
      "Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service account has been authorized",
    );
    await mayUse(id, agents.bucket);
    expect((await bucketWith("unshared", id)).state["encryption"]).toEqual({ defaultKmsKeyName: id });
  });

  it("is refused a key that is changed to one its agent may not use", async () => {
    const [first, second] = [await makeKey("first"), await makeKey("second")];
    await mayUse(first.id, agents.bucket);
    const made = await bucketWith("changing", first.id);
    const inputs = { ...made.inputs, encryption: { defaultKmsKeyName: second.id } };
    const { message } = await failureOf(gcp.update(bucket, made, inputs));
    expect(message).toContain("Permission denied on Cloud KMS key");
  });

  it("is refused a key from another location", async () => {
    const { id } = await makeKey("elsewhere");
    await mayUse(id, agents.bucket);
    const { message } = await failureOf(bucketWith("elsewhere", id, "US"));
    expect(message).toContain("Cloud KMS region 'nam4' not available for use with GCS region 'US'.");
  });

  it("is refused a key that was destroyed", async () => {
    const key = await makeKey("gone");
    await mayUse(key.id, agents.bucket);
    await gcp.delete(cryptoKey, key);
    const { message } = await failureOf(bucketWith("gone", key.id));
    expect(message).toContain(`${key.id} has no enabled primary version`);
  });

  it("is refused a key that never was", async () => {
    const { message } = await failureOf(bucketWith("never", `${ringNamed("never")}/cryptoKeys/never`));
    expect(message).toContain("not found");
  });
});

describe("a topic with a key", () => {
  it("is refused while Pub/Sub's agent may not use the key", async () => {
    const { id } = await makeKey("unread");
    await mayUse(id, agents.bucket);
    const { message } = await failureOf(topicWith("unread", id));
    expect(message).toContain(`Cloud Pub/Sub may not use the key ${id}`);
    await mayUse(id, agents.topic);
    expect((await topicWith("unread", id)).state["kmsKeyName"]).toBe(id);
  });
});

describe("a service identity", () => {
  it("is refused for a service whose agent the sandbox does not know", async () => {
    const { failures } = await gcp.check(identity, { service: "storage.googleapis.com" });
    expect(failures.join()).toContain("the sandbox knows no agent of storage.googleapis.com");
  });

  it("cannot be imported", async () => {
    const { message } = await failureOf(gcp.read(identity, "projects/p/services/pubsub.googleapis.com"));
    expect(message).toContain("a service identity cannot be imported");
  });
});
