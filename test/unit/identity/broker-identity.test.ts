import { describe, expect, test } from "vitest";
import { BrokerIdentity, HmacKeyState, type BrokerIdentityArgs } from "../../../components/identity/index.ts";
import { recordPulumi, valueOf } from "../pulumi-mocks.ts";
import { clearTexts } from "./clear-texts.ts";

const COORDINATOR = "principal://coordinator";
const HMAC_SECRET = "hmac-secret-that-nobody-may-see";
const LEASE_SECRET = "bGVhc2Utc2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU=";

async function made(args: Partial<BrokerIdentityArgs> = {}, preview = false) {
  const recorder = await recordPulumi({
    preview,
    outputs: ({ type, name }) => {
      if (type === "gcp:serviceaccount/account:Account") return { email: `${name}@my-project.iam` };
      if (type === "gcp:storage/hmacKey:HmacKey") return { accessId: `GOOG-${name}`, secret: HMAC_SECRET };
      return type === "random:index/randomBytes:RandomBytes" ? { base64: LEASE_SECRET } : {};
    },
  });
  const broker = new BrokerIdentity("broker", {
    projectId: "my-project",
    bucket: "media",
    regions: ["us-central1", "us-east1"],
    coordinatorPrincipals: [COORDINATOR],
    ...args,
  });
  await recorder.settled();
  return { recorder, broker };
}

const SECRET = "gcp:secretmanager/secret:Secret";
const VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
const READER = "gcp:secretmanager/secretIamMember:SecretIamMember";
const KEY = "gcp:storage/hmacKey:HmacKey";
const BUCKET_GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember";

describe("BrokerIdentity", () => {
  test("makes a signer, one HMAC key and two secrets, all below itself", async () => {
    const { recorder } = await made();
    const [component, ...children] = recorder.resources;
    expect(component?.type).toBe("mpegflow-gcs:index:BrokerIdentity");
    expect(children.map(({ type, name }) => `${type} ${name}`).sort()).toEqual(
      [
        `${READER} broker-hmac-a-reader-0`,
        `${READER} broker-lease-reader-0`,
        `${SECRET} broker-hmac-a`,
        `${SECRET} broker-lease`,
        `${VERSION} broker-hmac-a`,
        `${VERSION} broker-lease`,
        "gcp:serviceaccount/account:Account broker-signer",
        `${BUCKET_GRANT} broker-coordinator-objects-0`,
        `${BUCKET_GRANT} broker-signer-creates`,
        `${BUCKET_GRANT} broker-signer-reads`,
        `${KEY} broker-hmac-a`,
        "random:index/randomBytes:RandomBytes broker-lease",
      ].sort(),
    );
    expect(new Set(children.map(({ parent }) => parent))).toEqual(
      new Set(["mpegflow-gcs:index:BrokerIdentity::broker"]),
    );
  });

  test("lets the signer read and create objects, never overwrite or delete them", async () => {
    const { recorder } = await made();
    const granted = recorder
      .ofType(BUCKET_GRANT)
      .filter(({ name }) => name.startsWith("broker-signer"))
      .map(({ inputs }) => inputs);
    expect(granted).toEqual([
      {
        bucket: "media",
        role: "roles/storage.objectViewer",
        member: "serviceAccount:broker-signer@my-project.iam",
      },
      {
        bucket: "media",
        role: "roles/storage.objectCreator",
        member: "serviceAccount:broker-signer@my-project.iam",
      },
    ]);
  });

  test("lets each coordinator change objects, for its job records", async () => {
    const { recorder } = await made({ coordinatorPrincipals: [COORDINATOR, "principal://other"] });
    const grants = [0, 1].map(
      (index) => recorder.only(BUCKET_GRANT, `broker-coordinator-objects-${index}`).inputs,
    );
    expect(grants).toEqual([
      { bucket: "media", role: "roles/storage.objectUser", member: COORDINATOR },
      { bucket: "media", role: "roles/storage.objectUser", member: "principal://other" },
    ]);
  });

  test("makes the key once the signer may use the bucket", async () => {
    const { recorder } = await made();
    expect(recorder.only(KEY).dependencies).toEqual(
      expect.arrayContaining([
        `${BUCKET_GRANT}::broker-signer-creates`,
        `${BUCKET_GRANT}::broker-signer-reads`,
      ]),
    );
  });

  test("keeps both secrets in the given regions and nowhere else", async () => {
    const { recorder } = await made();
    const replication = {
      userManaged: { replicas: [{ location: "us-central1" }, { location: "us-east1" }] },
    };
    expect(recorder.ofType(SECRET).map(({ inputs }) => inputs["replication"])).toEqual([
      replication,
      replication,
    ]);
  });

  test("stores the key as the coordinator reads it: accessId and secret in JSON", async () => {
    const { recorder } = await made();
    expect(recorder.only(VERSION, "broker-hmac-a").inputs).toEqual({
      secret: "projects/my-project/secrets/broker-hmac-a",
      secretData: JSON.stringify({ accessId: "GOOG-broker-hmac-a", secret: HMAC_SECRET }),
      deletionPolicy: "PREVENT",
    });
  });

  test("stores 32 random bytes for lease tokens, in base64", async () => {
    const { recorder } = await made();
    expect(recorder.only("random:index/randomBytes:RandomBytes").inputs).toEqual({ length: 32 });
    expect(recorder.only(VERSION, "broker-lease").inputs["secretData"]).toBe(LEASE_SECRET);
  });

  test("lets the coordinators alone read the secrets", async () => {
    const { recorder } = await made();
    expect(recorder.ofType(READER).map(({ inputs }) => inputs)).toEqual([
      {
        secretId: "broker-hmac-a",
        project: "my-project",
        role: "roles/secretmanager.secretAccessor",
        member: COORDINATOR,
      },
      {
        secretId: "broker-lease",
        project: "my-project",
        role: "roles/secretmanager.secretAccessor",
        member: COORDINATOR,
      },
    ]);
  });

  test("shows neither secret in clear, in any input of any resource", async () => {
    const { recorder } = await made();
    const inClear = recorder.resources.flatMap(({ name, wire }) =>
      clearTexts(wire).some((text) => text.includes(HMAC_SECRET) || text.includes(LEASE_SECRET))
        ? [name]
        : [],
    );
    expect(inClear).toEqual([]);
  });

  test("gives out names, which a preview knows already", async () => {
    const { broker } = await made({}, true);
    expect(await valueOf(broker.signerSecretVersion)).toBe(
      "projects/my-project/secrets/broker-hmac-a/versions/latest",
    );
    expect(await valueOf(broker.leaseSecretVersion)).toBe(
      "projects/my-project/secrets/broker-lease/versions/latest",
    );
  });

  test("protects signer, keys and secrets from deletion", async () => {
    const { recorder } = await made();
    const guarded = recorder.resources.filter(({ protect }) => protect);
    expect(guarded.map(({ type, name }) => `${type} ${name}`).sort()).toEqual(
      [
        `${SECRET} broker-hmac-a`,
        `${SECRET} broker-lease`,
        `${VERSION} broker-hmac-a`,
        `${VERSION} broker-lease`,
        "gcp:serviceaccount/account:Account broker-signer",
        `${KEY} broker-hmac-a`,
      ].sort(),
    );
    expect(new Set(guarded.map(({ inputs }) => inputs["deletionPolicy"]))).toEqual(new Set(["PREVENT"]));
  });

  test("protects nothing when disposable", async () => {
    const { recorder } = await made({ disposable: true });
    expect(recorder.resources.filter(({ protect }) => protect)).toEqual([]);
    expect(recorder.resources.filter(({ inputs }) => inputs["deletionPolicy"] === "PREVENT")).toEqual([]);
  });

  test("in a rotation signs with the new key while the old one still verifies", async () => {
    const { recorder, broker } = await made({ hmacKeys: [{ name: "a" }, { name: "b" }], activeKey: "b" });
    expect(await valueOf(broker.signerSecretVersion)).toContain("/broker-hmac-b/");
    expect(recorder.ofType(KEY).map(({ name, inputs }) => [name, inputs["state"]])).toEqual([
      ["broker-hmac-b", "ACTIVE"],
      ["broker-hmac-a", "ACTIVE"],
    ]);
  });

  test("lets an inactive key go: unprotected, and read by nobody", async () => {
    const { recorder } = await made({
      hmacKeys: [{ name: "a", state: HmacKeyState.INACTIVE }, { name: "b" }],
    });
    const old = recorder.resources.filter(({ name }) => name.startsWith("broker-hmac-a"));
    expect(old.map(({ type }) => type).sort()).toEqual([SECRET, VERSION, KEY].sort());
    expect(old.filter(({ protect, inputs }) => protect || inputs["deletionPolicy"] !== "DELETE")).toEqual([]);
  });

  test("labels the secrets", async () => {
    const { recorder } = await made({ labels: { team: "video" } });
    expect(recorder.ofType(SECRET).map(({ inputs }) => inputs["labels"])).toEqual([
      { team: "video" },
      { team: "video" },
    ]);
  });

  test("refuses wrong arguments, all at once and before anything is made", async () => {
    const recorder = await recordPulumi();
    expect(
      () =>
        new BrokerIdentity("b", {
          projectId: "my-project",
          bucket: "media",
          regions: [],
          coordinatorPrincipals: [],
          signerAccountId: "ab",
          activeKey: "z",
        }),
    ).toThrow(
      [
        'BrokerIdentity "b": 3 problems.',
        '  - activeKey: given "z"; allowed: "a". Reason: URLs signed by an INACTIVE or missing key are refused. Fix: name an ACTIVE key, or make this one ACTIVE',
        '  - signerAccountId: given "ab"; allowed: 6 to 30 characters of a-z, 0-9 and -, starting with a letter, not ending with -. Fix: set signerAccountId, or give the component a shorter name',
        "  - regions: given []; allowed: at least one region. Fix: pass the regions of the bucket's placement",
      ].join("\n"),
    );
    await recorder.settled();
    expect(recorder.resources).toEqual([]);
  });
});
