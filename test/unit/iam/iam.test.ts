import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindingSchema, openIam, parseServiceAccount, signedTokens } from "../../../sandbox/iam/index.ts";

const bucket = "//storage.googleapis.com/projects/_/buckets/media";
const reader = "serviceAccount:reader@p.iam.gserviceaccount.com";
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "iam-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("an IAM policy", () => {
  it("allows what a role bound on the resource holds", () => {
    const iam = openIam(directory, "p");
    iam.bindings.put("a", { resource: bucket, role: "roles/storage.objectViewer", member: reader });
    expect(iam.allows(reader, "storage.objects.get", bucket)).toBe(true);
  });

  it.each([
    ["another permission", reader, "storage.objects.create", bucket],
    ["another principal", "serviceAccount:other@p.iam.gserviceaccount.com", "storage.objects.get", bucket],
    ["another bucket", reader, "storage.objects.get", `${bucket}-2`],
  ])("denies %s", (_, principal, permission, resource) => {
    const iam = openIam(directory, "p");
    iam.bindings.put("a", { resource: bucket, role: "roles/storage.objectViewer", member: reader });
    expect(iam.allows(principal, permission, resource)).toBe(false);
  });

  it("lets a role on the project reach every resource in it", () => {
    const iam = openIam(directory, "p");
    iam.bindings.put("a", {
      resource: "//cloudresourcemanager.googleapis.com/projects/p",
      role: "roles/owner",
      member: reader,
    });
    expect(
      iam.allows(
        reader,
        "secretmanager.versions.access",
        "//secretmanager.googleapis.com/projects/p/secrets/s",
      ),
    ).toBe(true);
  });

  it("is what is granted on the resource itself, by role", () => {
    const iam = openIam(directory, "p");
    const other = "serviceAccount:another@p.iam.gserviceaccount.com";
    const empty = iam.policy(bucket);
    iam.bindings.put("a", { resource: bucket, role: "roles/storage.objectViewer", member: reader });
    iam.bindings.put("b", { resource: bucket, role: "roles/storage.admin", member: reader });
    iam.bindings.put("c", { resource: bucket, role: "roles/storage.objectViewer", member: other });
    iam.bindings.put("d", { resource: `${bucket}-2`, role: "roles/storage.admin", member: other });
    expect(empty.bindings).toEqual([]);
    expect(iam.policy(bucket)).toMatchObject({
      version: 1,
      bindings: [
        { role: "roles/storage.admin", members: [reader] },
        { role: "roles/storage.objectViewer", members: [other, reader] },
      ],
    });
    expect(iam.policy(bucket).etag).not.toBe(empty.etag);
  });

  it("is withdrawn with its binding", () => {
    const iam = openIam(directory, "p");
    iam.bindings.put("a", { resource: bucket, role: "roles/storage.admin", member: reader });
    iam.bindings.delete("a");
    expect(iam.allows(reader, "storage.objects.get", bucket)).toBe(false);
  });

  it("is there again after a restart, in a file that only its owner reads", () => {
    openIam(directory, "p").bindings.put("a", {
      resource: bucket,
      role: "roles/storage.objectViewer",
      member: reader,
    });
    expect(openIam(directory, "p").allows(reader, "storage.objects.list", bucket)).toBe(true);
    expect(statSync(join(directory, "bindings.json")).mode & 0o077).toBe(0);
  });

  it("refuses a role whose permissions it does not know, naming those it knows", () => {
    const parsed = bindingSchema.safeParse({
      resource: bucket,
      role: "roles/storage.insightsCollectorService",
      member: reader,
    });
    expect(parsed.error?.issues[0]?.message).toMatch(
      /^the sandbox does not know the role "roles\/storage.insightsCollectorService"; it knows roles\/owner, /,
    );
  });

  it("refuses a condition instead of ignoring it", () => {
    const conditional = {
      resource: bucket,
      role: "roles/owner",
      member: reader,
      condition: { expression: "false" },
    };
    expect(bindingSchema.safeParse(conditional).success).toBe(false);
  });
});

describe("a service account", () => {
  it("exists once put, until it is disabled", () => {
    const iam = openIam(directory, "p");
    const account = parseServiceAccount({ email: "signer@p.iam.gserviceaccount.com" });
    iam.serviceAccounts.put(account.email, account);
    expect(iam.serviceAccountExists(account.email)).toBe(true);
    iam.serviceAccounts.put(account.email, { ...account, disabled: true });
    expect(iam.serviceAccountExists(account.email)).toBe(false);
  });

  it("has a unique id of 21 digits that stays the same", () => {
    const id = () => parseServiceAccount({ email: "signer@p.iam.gserviceaccount.com" }).uniqueId;
    expect(id()).toMatch(/^\d{21}$/);
    expect(id()).toBe(id());
  });
});

describe("a bearer token", () => {
  const key = Buffer.from("0123456789abcdef0123456789abcdef");
  const at = (seconds: number) => () => new Date(seconds * 1000);

  it("names its principal until it expires", () => {
    const token = signedTokens(key, at(1000)).issue(reader, 60);
    expect(signedTokens(key, at(1059)).verify(token)).toBe(reader);
    expect(signedTokens(key, at(1060)).verify(token)).toBeUndefined();
  });

  it.each([
    ["no token", ""],
    ["a foreign token", "ya29.abc.def"],
    ["a token under another prefix", "xx.abc.def"],
  ])("is not %s", (_, token) => {
    expect(signedTokens(key, at(0)).verify(token)).toBeUndefined();
  });

  it("cannot be given another principal", () => {
    const [prefix, payload = "", signature] = signedTokens(key, at(1000)).issue(reader, 60).split(".");
    const forged = Buffer.from(payload, "base64url").toString().replace("reader", "admin");
    const token = [prefix, Buffer.from(forged).toString("base64url"), signature].join(".");
    expect(signedTokens(key, at(1000)).verify(token)).toBeUndefined();
  });

  it("is not accepted under another key", () => {
    const token = signedTokens(Buffer.alloc(32, 1), at(1000)).issue(reader, 60);
    expect(signedTokens(key, at(1000)).verify(token)).toBeUndefined();
  });
});
