import { CustomResource, type Output } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import {
  BrokerIdentity,
  HmacKeyState,
  SignerKind,
  type BrokerIdentityArgs,
} from "../../../components/identity/index.ts";
import { recordPulumi, valueOf, type RecordOptions } from "../pulumi-mocks.ts";
import { clearTexts } from "./clear-texts.ts";

const COORDINATOR = "principal://coordinator";
/** What grants to it are called: its short name, and a digest of the whole. */
const ITS_NAME = "coordinator-58f87efc";
const HMAC_SECRET = "hmac-secret-that-nobody-may-see";
const LEASE_SECRET = "bGVhc2Utc2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU=";

const NEW_DIGITS = "0a1b2c";

/** What the providers compute. */
const outputs: NonNullable<RecordOptions["outputs"]> = ({ type, name }) => {
  if (type === "gcp:serviceaccount/account:Account") {
    return { email: `${name}@my-project.iam`, name: `projects/my-project/serviceAccounts/${name}` };
  }
  if (type === ROLE) return { name: `projects/my-project/roles/${name}` };
  if (type === "gcp:storage/hmacKey:HmacKey") return { accessId: `GOOG-${name}`, secret: HMAC_SECRET };
  if (type === "random:index/randomId:RandomId") return { hex: NEW_DIGITS };
  return type === "random:index/randomBytes:RandomBytes" ? { base64: LEASE_SECRET } : {};
};

async function made(args: Partial<BrokerIdentityArgs> = {}, preview = false) {
  const recorder = await recordPulumi({
    preview,
    outputs,
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

const withKeys = (args: Partial<BrokerIdentityArgs> = {}, preview = false) =>
  made({ signer: SignerKind.Hmac, ...args }, preview);
const known = async (output: Output<string> | undefined): Promise<string | undefined> =>
  output && (await valueOf(output));

const ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole";
const SIGNS = "gcp:serviceaccount/iAMMember:IAMMember";
const ACCOUNT = "gcp:serviceaccount/account:Account";
const SECRET = "gcp:secretmanager/secret:Secret";
const VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
const READER = "gcp:secretmanager/secretIamMember:SecretIamMember";
const KEY = "gcp:storage/hmacKey:HmacKey";
const BUCKET_GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember";

describe("BrokerIdentity with HMAC keys", () => {
  test("makes a signer, one HMAC key and two secrets, all below itself", async () => {
    const { recorder } = await withKeys();
    const [component, ...children] = recorder.resources;
    expect(component?.type).toBe("mpegflow-gcs:index:BrokerIdentity");
    expect(children.map(({ type, name }) => `${type} ${name}`).sort()).toEqual(
      [
        `${READER} broker-hmac-a-reader-${ITS_NAME}`,
        `${READER} broker-lease-reader-${ITS_NAME}`,
        `${SECRET} broker-hmac-a`,
        `${SECRET} broker-lease`,
        `${VERSION} broker-hmac-a`,
        `${VERSION} broker-lease`,
        "gcp:serviceaccount/account:Account broker-signer",
        `${BUCKET_GRANT} broker-coordinator-objects-${ITS_NAME}`,
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
    const { recorder } = await withKeys();
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
    const { recorder } = await withKeys({ coordinatorPrincipals: [COORDINATOR, "principal://other"] });
    const grants = recorder
      .ofType(BUCKET_GRANT)
      .filter(({ name }) => name.startsWith("broker-coordinator-objects-"));
    expect(grants.map(({ inputs }) => inputs)).toEqual([
      { bucket: "media", role: "roles/storage.objectUser", member: COORDINATOR },
      { bucket: "media", role: "roles/storage.objectUser", member: "principal://other" },
    ]);
  });

  test("makes the key once the signer may use the bucket", async () => {
    const { recorder } = await withKeys();
    expect(recorder.only(KEY).dependencies).toEqual(
      expect.arrayContaining([
        `${BUCKET_GRANT}::broker-signer-creates`,
        `${BUCKET_GRANT}::broker-signer-reads`,
      ]),
    );
  });

  test("keeps both secrets in the given regions and nowhere else", async () => {
    const { recorder } = await withKeys();
    const replication = {
      userManaged: { replicas: [{ location: "us-central1" }, { location: "us-east1" }] },
    };
    expect(recorder.ofType(SECRET).map(({ inputs }) => inputs["replication"])).toEqual([
      replication,
      replication,
    ]);
  });

  test("stores the key as the coordinator reads it: accessId and secret in JSON", async () => {
    const { recorder } = await withKeys();
    expect(recorder.only(VERSION, "broker-hmac-a").inputs).toEqual({
      secret: "projects/my-project/secrets/broker-hmac-a",
      secretData: JSON.stringify({ accessId: "GOOG-broker-hmac-a", secret: HMAC_SECRET }),
      deletionPolicy: "PREVENT",
    });
  });

  test("stores 32 random bytes for lease tokens, in base64", async () => {
    const { recorder } = await withKeys();
    expect(recorder.only("random:index/randomBytes:RandomBytes").inputs).toEqual({ length: 32 });
    expect(recorder.only(VERSION, "broker-lease").inputs["secretData"]).toBe(LEASE_SECRET);
  });

  test("lets the coordinators alone read the secrets", async () => {
    const { recorder } = await withKeys();
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
    const { recorder } = await withKeys();
    const inClear = recorder.resources.flatMap(({ name, wire }) =>
      clearTexts(wire).some((text) => text.includes(HMAC_SECRET) || text.includes(LEASE_SECRET))
        ? [name]
        : [],
    );
    expect(inClear).toEqual([]);
  });

  test("gives out names, which a preview knows already", async () => {
    const { broker } = await withKeys({}, true);
    expect(await known(broker.signerSecretVersion)).toBe(
      "projects/my-project/secrets/broker-hmac-a/versions/latest",
    );
    expect(await valueOf(broker.leaseSecretVersion)).toBe(
      "projects/my-project/secrets/broker-lease/versions/latest",
    );
  });

  test("protects signer, keys and secrets from deletion", async () => {
    const { recorder } = await withKeys();
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
    const { recorder } = await withKeys({ disposable: true });
    expect(recorder.resources.filter(({ protect }) => protect)).toEqual([]);
    expect(recorder.resources.filter(({ inputs }) => inputs["deletionPolicy"] === "PREVENT")).toEqual([]);
  });

  test("in a rotation signs with the new key while the old one still verifies", async () => {
    const { recorder, broker } = await withKeys({ hmacKeys: [{ name: "a" }, { name: "b" }], activeKey: "b" });
    expect(await known(broker.signerSecretVersion)).toContain("/broker-hmac-b/");
    expect(recorder.ofType(KEY).map(({ name, inputs }) => [name, inputs["state"]])).toEqual([
      ["broker-hmac-a", "ACTIVE"],
      ["broker-hmac-b", "ACTIVE"],
    ]);
  });

  test("lets an inactive key go: unprotected, and read by nobody", async () => {
    const { recorder } = await withKeys({
      hmacKeys: [{ name: "a", state: HmacKeyState.INACTIVE }, { name: "b" }],
    });
    const old = recorder.resources.filter(({ name }) => name.startsWith("broker-hmac-a"));
    expect(old.map(({ type }) => type).sort()).toEqual([SECRET, VERSION, KEY].sort());
    expect(old.filter(({ protect, inputs }) => protect || inputs["deletionPolicy"] !== "DELETE")).toEqual([]);
  });

  test("labels the secrets", async () => {
    const { recorder } = await withKeys({ labels: { team: "video" } });
    expect(recorder.ofType(SECRET).map(({ inputs }) => inputs["labels"])).toEqual([
      { team: "video" },
      { team: "video" },
    ]);
  });

  test("with separate signers has a key for each, and none has the other's power", async () => {
    const { recorder, broker } = await withKeys({ separateSigners: true });
    expect(powersIn(recorder)).toEqual({
      "broker-signer": ["roles/storage.objectCreator"],
      "broker-reader": ["roles/storage.objectViewer"],
    });
    expect(recorder.ofType(KEY).map(({ name, inputs }) => [name, inputs["serviceAccountEmail"]])).toEqual([
      ["broker-hmac-a", "broker-signer@my-project.iam"],
      ["broker-reader-hmac-a", "broker-reader@my-project.iam"],
    ]);
    expect(await known(broker.signerSecretVersion)).toContain("/broker-hmac-a/");
    expect(await known(broker.readSignerSecretVersion)).toContain("/broker-reader-hmac-a/");
  });
});

/** Roles on the bucket by the signing account's name. */
function powersIn(recorder: Awaited<ReturnType<typeof made>>["recorder"]): Record<string, unknown[]> {
  const powers: Record<string, unknown[]> = {};
  for (const { inputs } of recorder.ofType(BUCKET_GRANT)) {
    const account = /^serviceAccount:(.+)@/.exec(String(inputs["member"]))?.[1];
    if (account !== undefined) (powers[account] ??= []).push(inputs["role"]);
  }
  return powers;
}

describe("BrokerIdentity without keys, the default,", () => {
  test("makes a signer, a role and the lease secret, and no key", async () => {
    const { recorder } = await made();
    const [, ...children] = recorder.resources;
    expect(children.map(({ type, name }) => `${type} ${name}`).sort()).toEqual(
      [
        `${READER} broker-lease-reader-${ITS_NAME}`,
        `${SECRET} broker-lease`,
        `${VERSION} broker-lease`,
        `${ACCOUNT} broker-signer`,
        `${BUCKET_GRANT} broker-coordinator-objects-${ITS_NAME}`,
        `${BUCKET_GRANT} broker-signer-creates`,
        `${BUCKET_GRANT} broker-signer-reads`,
        `${ROLE} broker-signer`,
        `${SIGNS} broker-signer-signs-${ITS_NAME}`,
        "random:index/randomBytes:RandomBytes broker-lease",
        "random:index/randomId:RandomId broker-signer-role",
      ].sort(),
    );
    expect(new Set(children.map(({ parent }) => parent))).toEqual(
      new Set(["mpegflow-gcs:index:BrokerIdentity::broker"]),
    );
  });

  test("grants the coordinators the one permission, on the signer's account only", async () => {
    const { recorder } = await made({ coordinatorPrincipals: [COORDINATOR, "principal://other"] });
    expect(recorder.only(ROLE).inputs["permissions"]).toEqual(["iam.serviceAccounts.signBlob"]);
    expect(recorder.ofType(SIGNS).map(({ inputs }) => inputs)).toEqual(
      [COORDINATOR, "principal://other"].map((member) => ({
        serviceAccountId: "projects/my-project/serviceAccounts/broker-signer",
        role: "projects/my-project/roles/broker-signer",
        member,
      })),
    );
    expect(recorder.resources.filter(({ type }) => type.startsWith("gcp:projects/iAMMember"))).toEqual([]);
  });

  test("gives the role an id that no role of this project had, without a dash and within 64 characters", async () => {
    expect((await made()).recorder.only(ROLE).inputs["roleId"]).toBe(`broker_signer_${NEW_DIGITS}`);
    const recorder = await recordPulumi({ outputs });
    new BrokerIdentity("a-name-".repeat(20), {
      projectId: "my-project",
      bucket: "media",
      regions: ["us-central1"],
      coordinatorPrincipals: [COORDINATOR],
      signerAccountId: "the-signer",
    });
    await recorder.settled();
    expect(recorder.only(ROLE).inputs["roleId"]).toMatch(/^[a-zA-Z0-9_.]{3,64}$/);
  });

  test("grants a role that is given, and makes none", async () => {
    const role = "organizations/1/roles/urlSigner";
    const { recorder } = await made({ signerRole: role });
    expect(recorder.only(SIGNS).inputs["role"]).toBe(role);
    expect(recorder.ofType(ROLE)).toEqual([]);
  });

  test("gives out two addresses, and no secret but the leases'", async () => {
    const { broker } = await made();
    expect(await valueOf(broker.signerEmail)).toBe("broker-signer@my-project.iam");
    expect(await valueOf(broker.readSignerEmail)).toBe("broker-signer@my-project.iam");
    expect([broker.signerSecretVersion, broker.readSignerSecretVersion]).toEqual([undefined, undefined]);
  });

  test("with separate signers lets the coordinators sign for both, and neither has the other's power", async () => {
    const { recorder, broker } = await made({ separateSigners: true });
    expect(powersIn(recorder)).toEqual({
      "broker-signer": ["roles/storage.objectCreator"],
      "broker-reader": ["roles/storage.objectViewer"],
    });
    expect(recorder.ofType(SIGNS).map(({ name }) => name)).toEqual([
      `broker-signer-signs-${ITS_NAME}`,
      `broker-reader-signs-${ITS_NAME}`,
    ]);
    expect(await valueOf(broker.readSignerEmail)).toBe("broker-reader@my-project.iam");
  });

  test("keeps an earlier signer's keys as long as they are declared, for the URLs that they signed", async () => {
    const { recorder, broker } = await made({ hmacKeys: [{ name: "a", state: HmacKeyState.INACTIVE }] });
    expect(recorder.only(KEY).inputs["state"]).toBe("INACTIVE");
    expect(broker.signerSecretVersion).toBeUndefined();
  });

  test("makes every grant to the coordinators wait for the clusters, and nothing else", async () => {
    const recorder = await recordPulumi({ outputs });
    const cluster = new Cluster("encoders");
    new BrokerIdentity("broker", {
      projectId: "my-project",
      bucket: "media",
      regions: ["us-central1"],
      coordinatorPrincipals: [COORDINATOR],
      waitFor: [cluster],
    });
    await recorder.settled();
    const waiting = recorder.resources
      .filter(({ dependencies }) => dependencies.includes("test:index:Cluster::encoders"))
      .map(({ name }) => name);
    expect(waiting.sort()).toEqual([
      `broker-coordinator-objects-${ITS_NAME}`,
      `broker-lease-reader-${ITS_NAME}`,
      `broker-signer-signs-${ITS_NAME}`,
    ]);
  });

  test("encrypts each replica of a secret with the key of its region", async () => {
    const key = (region: string) => `projects/k/locations/${region}/keyRings/r/cryptoKeys/secrets`;
    const { recorder } = await made({
      kmsKeyNames: { "us-east1": key("us-east1"), "us-central1": key("us-central1") },
    });
    expect(recorder.only(SECRET).inputs["replication"]).toEqual({
      userManaged: {
        replicas: ["us-central1", "us-east1"].map((location) => ({
          location,
          customerManagedEncryption: { kmsKeyName: key(location) },
        })),
      },
    });
  });
});

class Cluster extends CustomResource {
  constructor(name: string) {
    super("test:index:Cluster", name, {});
  }
}
