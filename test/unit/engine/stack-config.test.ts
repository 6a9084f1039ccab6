import { describe, expect, test } from "vitest";
import { encryptionSalt, parseProject, sandboxConfig } from "../../../sandbox/engine/stack-config.ts";

describe("A committed stack configuration in the sandbox", () => {
  test("has the same values and the sandbox's salt", () => {
    const text = sandboxConfig("config:\n  shop:region: us-east1\n", "v1:abc=:v1:d:e", "Pulumi.prod.yaml");
    expect(text).toBe("encryptionsalt: v1:abc=:v1:d:e\nconfig:\n  shop:region: us-east1\n");
    expect(encryptionSalt(text)).toBe("v1:abc=:v1:d:e");
  });

  test("loses the encryption of its own environment", () => {
    const committed =
      "secretsprovider: gcpkms://projects/p/key\nencryptedkey: abc\nencryptionsalt: old\nconfig:\n  a:b: 1\n";
    expect(sandboxConfig(committed, "new", "f")).toBe("encryptionsalt: new\nconfig:\n  a:b: 1\n");
  });

  test.each([
    ["in a block", "config:\n  shop:password:\n    secure: v1:abc\n", "shop:password"],
    ["in a line", "config:\n  shop:password: { secure: v1:abc }\n", "shop:password"],
  ])("with a secret %s is refused by the key's name", (_how, committed, key) => {
    expect(() => sandboxConfig(committed, undefined, "Pulumi.prod.yaml")).toThrow(
      new RegExp(`Pulumi.prod.yaml holds secrets .*${key}`),
    );
  });

  test("may have a key or a comment that only sounds like a secret", () => {
    const committed = "config:\n  shop:secure-boot: true # secure: yes\n  # secure: no\n";
    expect(sandboxConfig(committed, undefined, "f")).toBe(committed);
  });
});

describe("A project file", () => {
  test.each([
    ["name: shop\n", { name: "shop", stackConfigDirectory: "." }],
    [`name: "shop" # ours\nstackConfigDir: stacks\n`, { name: "shop", stackConfigDirectory: "stacks" }],
    ["runtime:\n  name: nodejs\nname: shop\n", { name: "shop", stackConfigDirectory: "." }],
  ])("%j says %o", (text, project) => {
    expect(parseProject(text, "Pulumi.yaml")).toEqual(project);
  });

  test("without a name is refused", () => {
    expect(() => parseProject("runtime:\n  name: nodejs\n", "/shop/Pulumi.yaml")).toThrow(
      '/shop/Pulumi.yaml has no "name".',
    );
  });
});
