import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openIam } from "../../../sandbox/iam/index.ts";

const name = "projects/p/roles/signer";
const role = { name, title: "Signer", includedPermissions: ["iam.serviceAccounts.signBlob"] };
const account = "//iam.googleapis.com/projects/p/serviceAccounts/signer@p.iam.gserviceaccount.com";
const coordinator = "principal://coordinator";
const binding = { resource: account, role: name, member: coordinator };
const day = 24 * 3600 * 1000;

let directory: string;
let now: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "custom-roles-"));
  now = Date.parse("2026-11-23T12:00:00Z");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});
const open = () => openIam(directory, "p", () => new Date(now));

function bound() {
  const iam = open();
  iam.customRoles.put(name, role);
  iam.bindings.put("grant", iam.parseBinding(binding));
  return iam;
}
const mayStillSign = (iam: ReturnType<typeof open>): boolean =>
  iam.allows(coordinator, "iam.serviceAccounts.signBlob", account);

describe("a custom role", () => {
  it("gives its permissions where it is bound, and no others", () => {
    const iam = bound();
    expect(mayStillSign(iam)).toBe(true);
    expect(iam.allows(coordinator, "iam.serviceAccounts.getAccessToken", account)).toBe(false);
    expect(iam.allows(coordinator, "iam.serviceAccounts.signBlob", `${account}.other`)).toBe(false);
  });

  it("gives what it holds now: a change reaches those who have it already", () => {
    const iam = bound();
    iam.customRoles.put(name, { ...role, includedPermissions: ["iam.serviceAccounts.signJwt"] });
    expect(mayStillSign(iam)).toBe(false);
  });

  it("gives nothing while it is DISABLED or deleted, though its bindings stay", () => {
    const iam = bound();
    iam.customRoles.put(name, { ...role, stage: "DISABLED" });
    expect(mayStillSign(iam)).toBe(false);
    iam.customRoles.put(name, role);
    expect(mayStillSign(iam)).toBe(true);
    iam.customRoles.delete(name);
    expect(mayStillSign(iam)).toBe(false);
  });

  it("is there after a restart", () => {
    bound();
    expect(mayStillSign(open())).toBe(true);
  });

  it("cannot be granted before it is there, nor once it is deleted", () => {
    const iam = open();
    const refusal = "the role projects/p/roles/signer does not exist, so it cannot be granted";
    expect(() => iam.parseBinding(binding)).toThrow(refusal);
    iam.customRoles.put(name, role);
    expect(iam.parseBinding(binding)).toEqual(binding);
    iam.customRoles.delete(name);
    expect(() => iam.parseBinding(binding)).toThrow(refusal);
  });

  it.each(["iam.serviceAccounts.*", "*", "signBlob"])("lists no %s: only whole permissions", (permission) => {
    expect(() => open().customRoles.put(name, { ...role, includedPermissions: [permission] })).toThrow(
      "is no permission: custom roles list service.resource.verb, without wildcards",
    );
  });
});

describe("a deleted custom role", () => {
  it("comes back for a week when it is made again", () => {
    const iam = bound();
    iam.customRoles.delete(name);
    now += 7 * day - 1;
    expect(iam.customRoles.get(name)?.deleted).toBe(true);
    iam.customRoles.put(name, role);
    expect(mayStillSign(iam)).toBe(true);
  });

  it("blocks its id for thirty days more", () => {
    const iam = bound();
    iam.customRoles.delete(name);
    now += 7 * day;
    expect(() => iam.customRoles.put(name, role)).toThrow(
      "can neither be undeleted nor its id be used again until 37 days after the deletion; use another id",
    );
    now += 30 * day;
    expect(iam.customRoles.get(name)).toBeUndefined();
    expect(iam.customRoles.put(name, role).deleted).toBe(false);
  });
});
