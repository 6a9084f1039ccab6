import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signUrl, type SigningKey } from "../../services/signing/index.ts";
import { openProgram, output, type Program } from "../engine/program.ts";
import { stackOutputs } from "../engine/support.ts";

const coordinator = "user:coordinator@example.com";
const stranger = "user:stranger@example.com";

type Settings = Readonly<Record<string, unknown>>;

let program: Program<Settings>;
beforeAll(async () => {
  program = await openProgram("broker");
});
afterAll(() => program.close());

async function up(settings: Settings): Promise<Record<string, unknown>> {
  await program.upWell(settings);
  return stackOutputs(program.stack);
}

/** What a Secret Manager or IAM call answers to a principal. */
async function asked(as: string, url: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${program.cloud.tokens.issue(as, 600)}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
const signBlob = (as: string, email: unknown, bytes: Uint8Array) =>
  asked(
    as,
    `${program.cloud.address.iamCredentials.url}/v1/projects/-/serviceAccounts/${String(email)}:signBlob`,
    {
      payload: Buffer.from(bytes).toString("base64"),
    },
  );
async function secretText(as: string, version: unknown): Promise<string> {
  const { status, body } = await asked(
    as,
    `${program.cloud.address.secretManager.url}/v1/${String(version)}:access`,
  );
  expect(status).toBe(200);
  return Buffer.from((body as { payload: { data: string } }).payload.data, "base64").toString();
}

/** Sends a signed request to the store: its status. */
async function sent(key: SigningKey, method: "GET" | "PUT" | "DELETE", object: string): Promise<number> {
  const signed = await signUrl(key, {
    method,
    bucket: "broker-media",
    object,
    ttlSeconds: 600,
    at: new Date(),
    endpoint: { url: program.cloud.address.storage.url, style: "path" },
  });
  const response = await fetch(signed.url, {
    method,
    headers: signed.headers,
    ...(method === "PUT" && { body: "frames" }),
  });
  await response.body?.cancel();
  return response.status;
}
const blobKey = (email: unknown): SigningKey => ({
  kind: "blob",
  clientEmail: String(email),
  signBlob: async (bytes) => {
    const { body } = await signBlob(coordinator, email, bytes);
    return Buffer.from((body as { signedBlob: string }).signedBlob, "base64");
  },
});

/** State and outputs as anybody with access to the backend reads them. */
async function everythingInClear(): Promise<string> {
  const [state, outputs] = await Promise.all([
    program.stack.run(["stack", "export"]),
    program.stack.run(["stack", "output", "--json"]),
  ]);
  return state.stdout + outputs.stdout;
}

// One after another: the stack goes from one kind to the other and back to nothing.
describe("BrokerIdentity on the real engine", () => {
  it("without keys, lets the coordinator sign in the signer's name, and nobody else", async () => {
    const { signerEmail, signerSecretVersion } = await up({});
    expect(signerSecretVersion).toBeUndefined();
    expect((await signBlob(coordinator, signerEmail, Buffer.from("x"))).status).toBe(200);
    expect((await signBlob(stranger, signerEmail, Buffer.from("x"))).status).toBe(403);
  });

  it("makes URLs that the store takes: they create and read, and neither overwrite nor delete", async () => {
    const { signerEmail } = await stackOutputs(program.stack);
    const key = blobKey(signerEmail);
    expect(await sent(key, "PUT", "outputs/a")).toBe(200);
    expect(await sent(key, "GET", "outputs/a")).toBe(200);
    expect(await sent(key, "PUT", "outputs/a")).toBe(403);
    expect(await sent(key, "DELETE", "outputs/a")).toBe(403);
  });

  it("with separate signers, lets the writer not read and the reader not write", async () => {
    const { signerEmail, readSignerEmail } = await up({ separateSigners: true });
    expect(await sent(blobKey(signerEmail), "PUT", "outputs/b")).toBe(200);
    expect(await sent(blobKey(signerEmail), "GET", "outputs/b")).toBe(403);
    expect(await sent(blobKey(readSignerEmail), "GET", "outputs/b")).toBe(200);
    expect(await sent(blobKey(readSignerEmail), "PUT", "outputs/c")).toBe(403);
  });

  it("has the lease secret as its only one, in clear neither in the state nor in the outputs", async () => {
    const { leaseSecretVersion } = await stackOutputs(program.stack);
    const lease = await secretText(coordinator, leaseSecretVersion);
    expect(Buffer.from(lease, "base64")).toHaveLength(32);
    const clear = await everythingInClear();
    expect(clear).toContain("broker-lease");
    expect(clear.includes(lease), "the lease secret is in the state").toBe(false);
    expect(clear).not.toContain("hmacKey:HmacKey");
  });

  it("with HMAC keys, has their secret in clear neither in the state nor in the outputs", async () => {
    const { signerSecretVersion, leaseSecretVersion } = await up({ signer: "HMAC" });
    const stored = await secretText(coordinator, signerSecretVersion);
    const { accessId, secret } = JSON.parse(stored) as { accessId: string; secret: string };
    expect(await sent({ kind: "hmac", scheme: "GOOG4", accessId, secret }, "GET", "outputs/a")).toBe(200);
    const clear = await everythingInClear();
    expect(clear).toContain(accessId);
    for (const one of [secret, await secretText(coordinator, leaseSecretVersion)]) {
      const spellings = [one, Buffer.from(one).toString("base64"), encodeURIComponent(one)];
      expect(spellings.filter((spelling) => clear.includes(spelling)).length).toBe(0);
    }
  });

  it("back without keys, keeps the declared key, whose URLs may be in use", async () => {
    const { signerEmail, signerSecretVersion } = await up({ hmacKeys: [{ name: "a" }] });
    expect(signerSecretVersion).toBeUndefined();
    expect((await signBlob(coordinator, signerEmail, Buffer.from("x"))).status).toBe(200);
    const { stdout } = await program.stack.run(["stack", "export"]);
    expect(stdout).toContain("hmacKey:HmacKey");
  });

  it("goes with the stack", async () => {
    const gone = await program.run(["destroy", "--yes", "--skip-preview"]);
    expect(gone.exitCode, output(gone)).toBe(0);
  });
});
