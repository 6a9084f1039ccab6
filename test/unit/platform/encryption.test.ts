import { describe, expect, test } from "vitest";
import { made, madeKey } from "./world.ts";

const BUCKET = "gcp:storage/bucket:Bucket";
const TOPIC = "gcp:pubsub/topic:Topic";
const KEY_GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember";

describe("a platform with a key of its own", () => {
  test("encrypts bucket and every topic, dead letters included, with it", async () => {
    const { recorder } = await made(["us-central1", "us-east1"], { encryption: {} });
    expect(recorder.only(BUCKET).inputs["encryption"]).toMatchObject({
      defaultKmsKeyName: madeKey("nam4", "mpegflow-key"),
    });
    expect(recorder.ofType(TOPIC).map(({ inputs }) => inputs["kmsKeyName"])).toEqual(
      recorder.ofType(TOPIC).map(() => madeKey("nam4", "mpegflow-key")),
    );
    expect(recorder.ofType(TOPIC).length).toBeGreaterThanOrEqual(3);
  });

  test("makes bucket and topics only when both services may use the key", async () => {
    const { recorder } = await made(["us-central1", "us-east1"], { encryption: {} });
    const grants = recorder.ofType(KEY_GRANT).map(({ name }) => `${KEY_GRANT}::${name}`);
    expect(grants).toHaveLength(2);
    for (const { dependencies } of [recorder.only(BUCKET), ...recorder.ofType(TOPIC)]) {
      expect(dependencies).toEqual(expect.arrayContaining(grants));
    }
  });

  test("takes one that is there already", async () => {
    const existingKeyName = "projects/keys/locations/nam4/keyRings/media/cryptoKeys/media";
    const { recorder } = await made(["us-central1", "us-east1"], { encryption: { existingKeyName } });
    expect(recorder.ofType("gcp:kms/cryptoKey:CryptoKey")).toEqual([]);
    expect(recorder.only(BUCKET).inputs["encryption"]).toMatchObject({ defaultKmsKeyName: existingKeyName });
  });

  test("tells its name", async () => {
    const { platform } = await made(["us-central1"], { encryption: {} });
    expect(platform.kmsKeyName).toBeDefined();
  });
});

describe("the secrets of a platform with keys for them", () => {
  const SECRET = "gcp:secretmanager/secret:Secret";
  const keyIn = (region: string) => `projects/keys/locations/${region}/keyRings/media/cryptoKeys/secrets`;
  const replicasOf = ({ inputs }: { readonly inputs: Readonly<Record<string, unknown>> }) =>
    (inputs["replication"] as { userManaged: { replicas: unknown } }).userManaged.replicas;

  test("are encrypted by a new key in each region", async () => {
    const { recorder } = await made(["us-central1", "us-east1"], { encryption: { secrets: {} } });
    const secrets = recorder.ofType(SECRET);
    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of secrets) {
      expect(replicasOf(secret)).toEqual(
        ["us-central1", "us-east1"].map((region) => ({
          location: region,
          customerManagedEncryption: { kmsKeyName: madeKey(region, `mpegflow-key-${region}`) },
        })),
      );
    }
    const rings = recorder.ofType("gcp:kms/keyRing:KeyRing").map(({ inputs }) => inputs["location"]);
    expect(rings).toEqual(["nam4", "us-central1", "us-east1"]);
  });

  test("or by keys that are there already", async () => {
    const existingKeyNames = { "us-central1": keyIn("us-central1"), "us-east1": keyIn("us-east1") };
    const { recorder } = await made(["us-central1", "us-east1"], {
      encryption: { secrets: { existingKeyNames } },
    });
    expect(recorder.ofType("gcp:kms/cryptoKey:CryptoKey")).toHaveLength(1);
    for (const secret of recorder.ofType(SECRET)) {
      expect(JSON.stringify(replicasOf(secret))).toContain(keyIn("us-east1"));
    }
  });

  test("are refused with a key in another region, and with one region left out", async () => {
    const existingKeyNames = { "us-central1": keyIn("us-west1") };
    const refused = made(["us-central1", "us-east1"], { encryption: { secrets: { existingKeyNames } } });
    await expect(refused).rejects.toThrow(
      /encryption\.secrets\.existingKeyNames\["us-east1"\]: given nothing; allowed: a key in us-east1\..*leave existingKeyNames out/s,
    );
    await expect(refused).rejects.toThrow(
      'encryption.secrets.existingKeyNames["us-central1"]: given "projects/keys/locations/us-west1/',
    );
  });
});

describe("the audit trail of a platform with a key", () => {
  const destinations = { logBucket: {}, archiveBucket: {} };
  const bucketOfLogs = "gcp:logging/projectBucketConfig:ProjectBucketConfig";

  test("keeps its archive bucket by the platform's own key", async () => {
    const { recorder } = await made(["us-central1"], { encryption: {}, audit: { destinations } });
    const archive = recorder.ofType(BUCKET).find(({ name }) => name === "mpegflow-audit-archive");
    expect(archive?.inputs["encryption"]).toMatchObject({
      defaultKmsKeyName: madeKey("nam4", "mpegflow-key"),
    });
    expect(recorder.only(bucketOfLogs).inputs).not.toHaveProperty("cmekSettings");
  });

  test("keeps its log bucket by a key in the log bucket's region, if that is wanted", async () => {
    const loggingServiceAccount = "cmek-p1@gcp-sa-logging.iam.gserviceaccount.com";
    const { recorder } = await made(["us-central1"], {
      encryption: { auditLogBucket: { loggingServiceAccount } },
      audit: { destinations },
    });
    expect(recorder.only(bucketOfLogs).inputs["cmekSettings"]).toMatchObject({
      kmsKeyName: madeKey("us-central1", "mpegflow-key-logs"),
    });
    const ring = recorder.ofType("gcp:kms/keyRing:KeyRing").find(({ name }) => name === "mpegflow-key-logs");
    expect(ring?.inputs["location"]).toBe("us-central1");
    const grant = recorder.ofType(KEY_GRANT).find(({ name }) => name === "mpegflow-key-logs-logging");
    expect(grant?.inputs["member"]).toBe(`serviceAccount:${loggingServiceAccount}`);
  });

  test.each([
    ["there is no log bucket", {}, "given no log bucket"],
    [
      "the log bucket is in no region",
      { audit: { destinations: { logBucket: { location: "global" } } } },
      'given "global"',
    ],
  ])("is refused such a key where %s", async (_, more, given) => {
    const refused = made(["us-central1"], { encryption: { auditLogBucket: {} }, ...more });
    await expect(refused).rejects.toThrow(
      `encryption.auditLogBucket.location: ${given}; allowed: audit with a log bucket in a region.`,
    );
  });
});

test("without a key everything is left to Google's", async () => {
  const { recorder, platform } = await made();
  expect(recorder.only(BUCKET).inputs).not.toHaveProperty("encryption");
  expect(platform.kmsKeyName).toBeUndefined();
});
