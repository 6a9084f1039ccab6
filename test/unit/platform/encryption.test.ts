import { describe, expect, test } from "vitest";
import { made } from "./world.ts";

const BUCKET = "gcp:storage/bucket:Bucket";
const TOPIC = "gcp:pubsub/topic:Topic";
const KEY_GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember";

describe("a platform with a key of its own", () => {
  test("encrypts bucket and every topic, dead letters included, with it", async () => {
    const { recorder } = await made(["us-central1", "us-east1"], { encryption: {} });
    expect(recorder.only(BUCKET).inputs["encryption"]).toMatchObject({
      defaultKmsKeyName: "mpegflow-key-id",
    });
    expect(recorder.ofType(TOPIC).map(({ inputs }) => inputs["kmsKeyName"])).toEqual(
      recorder.ofType(TOPIC).map(() => "mpegflow-key-id"),
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

test("without a key everything is left to Google's", async () => {
  const { recorder, platform } = await made();
  expect(recorder.only(BUCKET).inputs).not.toHaveProperty("encryption");
  expect(platform.kmsKeyName).toBeUndefined();
});
