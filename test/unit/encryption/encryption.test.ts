import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import {
  dualRegion,
  EncryptedService,
  Encryption,
  KeyProtectionLevel,
  predefined,
  region,
  type EncryptionArgs,
} from "../../../components/index.ts";
import { recordPulumi, valueOf, type Recorder } from "../pulumi-mocks.ts";

const KEY_RING = "gcp:kms/keyRing:KeyRing";
const KEY = "gcp:kms/cryptoKey:CryptoKey";
const GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember";
const IDENTITY = "gcp:projects/serviceIdentity:ServiceIdentity";
const COMPONENT = "mpegflow-gcs:index:Encryption";
const NUMBER = "123456789012";
const EXISTING = "projects/keys/locations/nam4/keyRings/shared/cryptoKeys/media";

/** Answers of Google's services, told apart from the documented addresses by their project. */
const answers: Readonly<Record<string, object>> = {
  "gcp:organizations/getProject:getProject": { number: "999" },
  "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": {
    member: "serviceAccount:service-999@gs-project-accounts.iam.gserviceaccount.com",
  },
  "gcp:bigquery/getDefaultServiceAccount:getDefaultServiceAccount": {
    member: "serviceAccount:bq-999@bigquery-encryption.iam.gserviceaccount.com",
  },
  "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": {
    serviceAccountId: "cmek-p999@gcp-sa-logging.iam.gserviceaccount.com",
  },
};

async function made(
  args: Partial<EncryptionArgs> = {},
  { preview = false, opts = {} }: { preview?: boolean; opts?: pulumi.ComponentResourceOptions } = {},
) {
  const asked: string[] = [];
  const recorder = await recordPulumi({
    preview,
    call: ({ token }) => {
      asked.push(token);
      return { ...answers[token] };
    },
  });
  const encryption = new Encryption(
    "media",
    { placement: predefined("NAM4"), projectId: "my-project", projectNumber: NUMBER, ...args },
    opts,
  );
  await recorder.settled();
  return { recorder, encryption, asked };
}

/** Members of the grants by the name of the service, without the `serviceAccount:` that all begin with. */
const members = (recorder: Recorder) =>
  Object.fromEntries(
    recorder
      .ofType(GRANT)
      .map(({ name, inputs }) => [
        name.replace("media-", ""),
        String(inputs["member"]).replace("serviceAccount:", ""),
      ]),
  );

describe("Encryption", () => {
  test("makes a key ring, a key and a grant for each service, all below itself", async () => {
    const { recorder } = await made();
    const [component, ...children] = recorder.resources;
    expect(component?.type).toBe(COMPONENT);
    expect(children.map(({ type, name }) => `${type} ${name}`).sort()).toEqual(
      [
        `${KEY_RING} media`,
        `${KEY} media`,
        `${GRANT} media-storage`,
        `${GRANT} media-pubsub`,
        `${IDENTITY} media-pubsub-agent`,
      ].sort(),
    );
    expect(new Set(children.map(({ parent }) => parent))).toEqual(new Set([`${COMPONENT}::media`]));
  });

  test("puts the key ring where the bucket needs it", async () => {
    const { recorder, encryption } = await made({ placement: dualRegion("us-central1", "us-west1") });
    expect(recorder.only(KEY_RING).inputs).toMatchObject({ location: "us", project: "my-project" });
    expect(await valueOf(encryption.location)).toBe("us");
  });

  test("leaves the names to the provider, for neither can be used a second time", async () => {
    const { recorder } = await made();
    expect(recorder.only(KEY_RING).inputs).not.toHaveProperty("name");
    expect(recorder.only(KEY).inputs).not.toHaveProperty("name");
  });

  test("makes a software key that is rotated every 90 days and can be restored for 30", async () => {
    const { recorder } = await made();
    expect(recorder.only(KEY).inputs).toMatchObject({
      keyRing: "media-id",
      purpose: "ENCRYPT_DECRYPT",
      rotationPeriod: "7776000s",
      destroyScheduledDuration: "2592000s",
      versionTemplate: { algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION", protectionLevel: "SOFTWARE" },
    });
  });

  test("passes on what it was told of the key", async () => {
    const { recorder } = await made({
      keyRingName: "ring",
      keyName: "key",
      rotationPeriodDays: 1,
      destroyScheduledDurationDays: 120,
      protectionLevel: KeyProtectionLevel.HSM,
      labels: { team: "video" },
    });
    expect(recorder.only(KEY_RING).inputs).toMatchObject({ name: "ring" });
    expect(recorder.only(KEY).inputs).toMatchObject({
      name: "key",
      rotationPeriod: "86400s",
      destroyScheduledDuration: "10368000s",
      versionTemplate: { protectionLevel: "HSM" },
      labels: { team: "video" },
    });
  });

  test("keeps key ring, key and grants from deletion, unless it is disposable", async () => {
    const { recorder } = await made();
    for (const type of [KEY_RING, KEY, GRANT]) {
      expect(new Set(recorder.ofType(type).map(({ protect }) => protect))).toEqual(new Set([true]));
    }
    expect(recorder.only(KEY).inputs["deletionPolicy"]).toBe("PREVENT");

    const { recorder: other } = await made({ disposable: true });
    const kept = [KEY_RING, KEY, GRANT].flatMap((type) => other.ofType(type)).map(({ protect }) => protect);
    expect(new Set(kept)).toEqual(new Set([false]));
    expect(other.only(KEY).inputs["deletionPolicy"]).toBe("DELETE");
  });

  test("does as the caller's protect option says", async () => {
    const { recorder } = await made({}, { opts: { protect: false } });
    expect(recorder.only(KEY).protect).toBe(false);
  });

  test("gives the key's name to those only who wait for every grant", async () => {
    const { recorder, encryption } = await made({
      services: [EncryptedService.Storage, EncryptedService.PubSub, EncryptedService.BigQuery],
    });
    new gcp.storage.Bucket("user", {
      location: "NAM4",
      encryption: { defaultKmsKeyName: encryption.kmsKeyName },
    });
    await recorder.settled();
    const user = recorder.only("gcp:storage/bucket:Bucket");
    expect(user.dependencies).toEqual(
      [
        `${KEY}::media`,
        `${GRANT}::media-storage`,
        `${GRANT}::media-pubsub`,
        `${GRANT}::media-bigquery`,
      ].sort(),
    );
    expect(user.inputs["encryption"]).toEqual({ defaultKmsKeyName: "media-id" });
  });

  test("grants the use of the key, and nothing more", async () => {
    const placement = region("us-east1");
    const { recorder } = await made({ placement, services: Object.values(EncryptedService) });
    const roles = recorder.ofType(GRANT).map(({ inputs }) => inputs["role"]);
    expect(roles).toHaveLength(7);
    expect(new Set(roles)).toEqual(new Set(["roles/cloudkms.cryptoKeyEncrypterDecrypter"]));
  });

  test("takes the existing key ring, and manages none", async () => {
    const { recorder, encryption } = await made({ keyRingName: "ring", existingKeyRing: true });
    const ring = "projects/my-project/locations/nam4/keyRings/ring";
    expect(recorder.ofType(KEY_RING)).toEqual([]);
    expect(recorder.only(KEY).inputs["keyRing"]).toBe(ring);
    expect(await valueOf(encryption.keyRingId)).toBe(ring);
  });

  test("makes nothing but grants on an existing key", async () => {
    const { recorder, encryption } = await made({ existingKeyName: EXISTING });
    expect(recorder.ofType(KEY_RING)).toEqual([]);
    expect(recorder.ofType(KEY)).toEqual([]);
    expect(recorder.ofType(GRANT).map(({ inputs }) => inputs["cryptoKeyId"])).toEqual([EXISTING, EXISTING]);
    expect(await valueOf(encryption.kmsKeyName)).toBe(EXISTING);
    expect(await valueOf(encryption.keyRingId)).toBe("projects/keys/locations/nam4/keyRings/shared");
    expect(await valueOf(encryption.location)).toBe("nam4");
  });
});

describe("the service agents", () => {
  // In one region, where all of them can use the same key.
  const all = { placement: region("us-east1"), services: Object.values(EncryptedService) };

  test("are known in a preview by their documented addresses, and only Cloud Logging is asked", async () => {
    const program = await made(all, { preview: true });
    expect(members(program.recorder)).toEqual({
      storage: `service-${NUMBER}@gs-project-accounts.iam.gserviceaccount.com`,
      pubsub: `service-${NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com`,
      logging: "cmek-p999@gcp-sa-logging.iam.gserviceaccount.com",
      bigquery: `bq-${NUMBER}@bigquery-encryption.iam.gserviceaccount.com`,
      secretmanager: `service-${NUMBER}@gcp-sa-secretmanager.iam.gserviceaccount.com`,
      artifactregistry: `service-${NUMBER}@gcp-sa-artifactregistry.iam.gserviceaccount.com`,
      container: `service-${NUMBER}@container-engine-robot.iam.gserviceaccount.com`,
    });
    expect(program.asked).toEqual(["gcp:logging/getProjectCmekSettings:getProjectCmekSettings"]);
  });

  test("need nobody to be asked in a preview that is told Cloud Logging's", async () => {
    const logging = "service-7@gcp-sa-logging.iam.gserviceaccount.com";
    const program = await made({ ...all, loggingServiceAccount: logging }, { preview: true });
    expect(program.asked).toEqual([]);
    expect(members(program.recorder)).toMatchObject({ logging });
  });

  test("are asked for in an update, which makes them where they are not there", async () => {
    const program = await made({ services: [EncryptedService.Storage, EncryptedService.BigQuery] });
    expect(program.asked.toSorted()).toEqual([
      "gcp:bigquery/getDefaultServiceAccount:getDefaultServiceAccount",
      "gcp:storage/getProjectServiceAccount:getProjectServiceAccount",
    ]);
    expect(members(program.recorder)).toEqual({
      storage: "service-999@gs-project-accounts.iam.gserviceaccount.com",
      bigquery: "bq-999@bigquery-encryption.iam.gserviceaccount.com",
    });
  });

  test("are made before they are granted anything", async () => {
    const { recorder } = await made({ services: [EncryptedService.PubSub] });
    expect(recorder.only(IDENTITY).inputs).toEqual({
      project: "my-project",
      service: "pubsub.googleapis.com",
    });
    expect(recorder.only(GRANT).dependencies).toContain(`${IDENTITY}::media-pubsub-agent`);
  });

  test("follow from the looked-up project where no number is configured", async () => {
    const recorder = await recordPulumi({ preview: true, call: ({ token }) => ({ ...answers[token] }) });
    new Encryption("media", { placement: region("us-east1"), projectId: "my-project" });
    await recorder.settled();
    expect(members(recorder)).toEqual({
      storage: "service-999@gs-project-accounts.iam.gserviceaccount.com",
      pubsub: "service-999@gcp-sa-pubsub.iam.gserviceaccount.com",
    });
  });
});
