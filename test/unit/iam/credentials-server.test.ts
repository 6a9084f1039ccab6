import { verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  credentialsServer,
  openAccountKeys,
  openIam,
  parseServiceAccount,
  signedTokens,
} from "../../../sandbox/iam/index.ts";

const email = "signer@p.iam.gserviceaccount.com";
const account = `//iam.googleapis.com/projects/p/serviceAccounts/${email}`;
const coordinator =
  "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/a/sa/b";
const role = (permission: string) => ({
  name: "projects/p/roles/signer",
  title: "Signer",
  includedPermissions: [permission],
});
const bytes = Buffer.from("GOOG4-RSA-SHA256\n20261123T120000Z");
const quota = 3;

let directory: string;
let now = Date.parse("2026-11-23T12:00:00Z");
const clock = () => new Date(now);
const tokens = signedTokens(Buffer.alloc(32, 3), clock);

/** A world of its own for each test; the keys stay, as they take long to make. */
let keys: ReturnType<typeof openAccountKeys>;
let iam: ReturnType<typeof openIam>;
let server: ReturnType<typeof credentialsServer>;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "credentials-"));
  keys = openAccountKeys(directory);
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  const own = mkdtempSync(join(directory, "iam-"));
  iam = openIam(own, "p", clock);
  iam.serviceAccounts.put(email, parseServiceAccount({ email }));
  server = credentialsServer({ iam, keys, tokens, clock, projectId: "p", quota });
});

function grant(permission = "iam.serviceAccounts.signBlob", resource = account): void {
  const custom = role(permission);
  iam.customRoles.put(custom.name, custom);
  iam.bindings.put("grant", { resource, role: custom.name, member: coordinator });
}

async function signBlob(
  changed: { path?: string; token?: string; body?: Record<string, unknown> } = {},
): Promise<{ status: number; body: Record<string, unknown>; message: string }> {
  const response = await server.inject({
    method: "POST",
    url: changed.path ?? `/v1/projects/-/serviceAccounts/${email}:signBlob`,
    headers: { authorization: `Bearer ${changed.token ?? tokens.issue(coordinator, 3600)}` },
    payload: changed.body ?? { payload: bytes.toString("base64") },
  });
  const body = response.json<Record<string, unknown>>();
  const { message = "" } = (body["error"] ?? {}) as { message?: string };
  return { status: response.statusCode, body, message };
}

describe("signBlob", () => {
  it("signs with the account's key for who holds the permission on it by a custom role", async () => {
    grant();
    const { status, body } = await signBlob();
    expect(status).toBe(200);
    const [publicKey = ""] = keys.publicKeys(parseServiceAccount({ email }).uniqueId);
    const signature = Buffer.from(String(body["signedBlob"]), "base64");
    expect(verify("sha256", bytes, publicKey, signature)).toBe(true);
    expect(body["keyId"]).toMatch(/^[0-9a-f]{40}$/);
  });

  it("signs for the token creator of the account as well", async () => {
    iam.bindings.put("grant", {
      resource: account,
      role: "roles/iam.serviceAccountTokenCreator",
      member: coordinator,
    });
    expect((await signBlob()).status).toBe(200);
  });

  it.each([
    ["without any grant", () => undefined],
    [
      "by a custom role with another permission",
      () => {
        grant("iam.serviceAccounts.getAccessToken");
      },
    ],
    [
      "by the right role on another account",
      () => {
        grant("iam.serviceAccounts.signBlob", account.replace("signer@", "other@"));
      },
    ],
    [
      "once the role is deleted",
      () => {
        grant();
        iam.customRoles.delete("projects/p/roles/signer");
      },
    ],
    [
      "once the binding is removed",
      () => {
        grant();
        iam.bindings.delete("grant");
      },
    ],
    [
      "for an account that is not there",
      () => {
        grant();
        iam.serviceAccounts.delete(email);
      },
    ],
  ])("is denied %s", async (_, given) => {
    given();
    const { status, message } = await signBlob();
    expect([status, message]).toEqual([
      403,
      "Permission 'iam.serviceAccounts.signBlob' denied on resource (or it may not exist).",
    ]);
  });

  it("does not sign for a disabled account", async () => {
    grant();
    iam.serviceAccounts.put(email, parseServiceAccount({ email, disabled: true }));
    expect(await signBlob()).toMatchObject({
      status: 400,
      message: `The service account ${email} is disabled.`,
    });
  });

  it("does not know a token that is forged or over", async () => {
    grant();
    expect((await signBlob({ token: "ya29.forged.token" })).status).toBe(401);
    const token = tokens.issue(coordinator, 60);
    now += 61_000;
    expect((await signBlob({ token })).status).toBe(401);
  });

  it.each([
    ["another project than the wildcard", { path: `/v1/projects/p/serviceAccounts/${email}:signBlob` }, 400],
    ["a payload that is no base64", { body: { payload: "%%" } }, 400],
    ["no payload", { body: {} }, 400],
    ["an unknown field", { body: { payload: "YQ==", bytesToSign: "YQ==" } }, 400],
    ["delegates, which it does not model", { body: { payload: "YQ==", delegates: ["x"] } }, 501],
    [
      "another method, which it does not model",
      { path: `/v1/projects/-/serviceAccounts/${email}:signJwt` },
      501,
    ],
  ])("refuses %s", async (_, changed, status) => {
    grant();
    expect((await signBlob(changed)).status).toBe(status);
  });

  it("answers 429 beyond the minute's quota, and signs again in the next minute", async () => {
    grant();
    const statuses = [];
    for (let call = 0; call <= quota; call += 1) statuses.push((await signBlob()).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    now += 60_000;
    expect((await signBlob()).status).toBe(200);
  });
});

describe("an account's key", () => {
  it("is made once, even when two ask at the same time, and is there after a restart", async () => {
    const one = mkdtempSync(join(directory, "keys-"));
    const opened = openAccountKeys(one);
    expect(opened.publicKeys("1")).toEqual([]);
    const both = await Promise.all([opened.sign("1", bytes), opened.sign("1", bytes)]);
    expect(new Set(both.map(({ keyId }) => keyId)).size).toBe(1);
    expect(openAccountKeys(one).publicKeys("1")).toEqual(opened.publicKeys("1"));
  });
});
