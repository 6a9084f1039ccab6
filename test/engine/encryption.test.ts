import { afterAll, beforeAll, expect, test } from "vitest";
import { keyNamed, openEncryptionStack } from "./encryption-support.ts";
import { stackOutputs } from "./support.ts";

let program: Awaited<ReturnType<typeof openEncryptionStack>>;
beforeAll(async () => {
  program = await openEncryptionStack();
});
afterAll(() => program.close());

// One stack's life, in order.
test("a bucket and topics are refused with a key that their service agents may not use", async () => {
  const { exitCode, output } = await program.up({ ungranted: true });
  expect(exitCode).not.toBe(0);
  expect(output).toContain("Permission denied on Cloud KMS key");
  expect(output).toContain("Cloud Pub/Sub may not use the key");
});

test("they come up with the component's key, which they wait for", async () => {
  const { exitCode, output } = await program.up();
  expect(exitCode, output).toBe(0);
  expect(await stackOutputs(program.stack)).toMatchObject({ key: keyNamed("media") });
  const bucket = await program.cloud.storage("GET", "/storage/v1/b/encryption-media");
  expect(await bucket.json()).toMatchObject({ encryption: { defaultKmsKeyName: keyNamed("media") } });
  for (const topic of ["jobs", "job-events", "jobs-dead-letter"]) {
    const response = await program.cloud.control("GET", `/pubsub/topics/encryption-${topic}`);
    expect(await response.json()).toMatchObject({ kmsKeyName: keyNamed("media") });
  }
});

test("another rotation changes the key in place, and nothing else", async () => {
  const { steps, exitCode, stderr } = await program.preview({ rotationPeriodDays: 30 });
  expect(exitCode, stderr).toBe(0);
  const changed = steps.filter(({ op, urn }) => op !== "same" && /[:$]gcp:[^$]*$/.test(urn));
  expect(changed.map(({ op, urn }) => `${op} ${urn.replace(/^.*\$/, "")}`)).toEqual([
    "update gcp:kms/cryptoKey:CryptoKey::media",
  ]);
});

test("bucket and topics take another key in place, beside the one before", async () => {
  const { steps, exitCode, stderr } = await program.preview({ second: true });
  expect(exitCode, stderr).toBe(0);
  const changed = steps.filter(({ op, urn }) => op !== "same" && /[:$]gcp:(storage|pubsub)[^$]*$/.test(urn));
  expect(changed.map(({ op, urn }) => `${op} ${urn.replace(/^.*[$:]gcp:/, "")}`).sort()).toEqual([
    "update pubsub/topic:Topic::encryption-job-events",
    "update pubsub/topic:Topic::encryption-jobs",
    "update pubsub/topic:Topic::encryption-jobs-dead-letter",
    "update storage/bucket:Bucket::media",
  ]);

  const done = await program.up({ second: true });
  expect(done.exitCode, done.output).toBe(0);
  for (const topic of ["jobs", "job-events", "jobs-dead-letter"]) {
    const response = await program.cloud.control("GET", `/pubsub/topics/encryption-${topic}`);
    expect(await response.json()).toMatchObject({ kmsKeyName: keyNamed("second") });
  }
  expect(await stackOutputs(program.stack)).toMatchObject({ key: keyNamed("media") });
});

test.each([
  ["another name", { keyName: "other" }],
  [
    "a key that is there",
    { existingKeyName: keyNamed("second"), keyName: undefined, keyRingName: undefined },
  ],
])("a key that is not disposable is not given up, with its grants, for %s", async (_what, other) => {
  const kept = await program.up({ disposable: false });
  expect(kept.exitCode, kept.output).toBe(0);
  const { exitCode, output } = await program.up({ disposable: false, ...other });
  expect(exitCode).not.toBe(0);
  expect(output).toMatch(/marked for protection|is protected/);
});

test("a key that is not disposable, and its grants, survive a destroy", async () => {
  const kept = await program.up({ disposable: false });
  expect(kept.exitCode, kept.output).toBe(0);
  const { exitCode, output } = await program.destroy();
  expect(exitCode).not.toBe(0);
  expect(output).toContain("protected");
  const key = await program.cloud.control(
    "GET",
    `/registry/${encodeURIComponent("gcp:kms/cryptoKey:CryptoKey")}/${encodeURIComponent(keyNamed("media"))}`,
  );
  expect(await key.json()).toMatchObject({ primaries: [{ state: "ENABLED" }] });
});
