import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  configuredKeys,
  elsewhereLines,
  encryptionSalt,
  parseProject,
  sandboxConfig,
} from "../../../sandbox/engine/stack-config.ts";

describe("A committed stack configuration in the sandbox", () => {
  test("has the same values and the sandbox's salt", () => {
    const { text } = sandboxConfig("config:\n  shop:region: us-east1\n", "v1:abc=:v1:d:e");
    expect(text).toBe("encryptionsalt: v1:abc=:v1:d:e\nconfig:\n  shop:region: us-east1\n");
    expect(encryptionSalt(text)).toBe("v1:abc=:v1:d:e");
  });

  test.each([
    "",
    "# only a comment\n",
    "---\n",
    "null\n",
    "text",
    "[a, b]",
    "config:\n",
    "config: [a]",
    "{",
    "a: b: c",
  ])("that has no values is left as it is: %j", (text) => {
    expect(sandboxConfig(text, undefined)).toEqual({ text, secrets: [], environments: false });
  });

  test("loses the encryption of its own environment", () => {
    const committed =
      "secretsprovider: gcpkms://projects/p/key\nencryptedkey: abc\nencryptionsalt: old\nconfig:\n  a:b: 1\n";
    expect(sandboxConfig(committed, "new").text).toBe("encryptionsalt: new\nconfig:\n  a:b: 1\n");
  });

  test.each([
    ["in a block", "config:\n  shop:password:\n    secure: v1:abc\n  shop:size: 1\n"],
    ["in a line", "config:\n  shop:password: { secure: v1:abc }\n  shop:size: 1\n"],
    ["quoted", `config:\n  "shop:password": {"secure": "v1:abc"}\n  shop:size: 1\n`],
  ])("has a placeholder for a secret %s, and its text nowhere", (_how, committed) => {
    const { text, secrets } = sandboxConfig(committed, undefined);
    expect(secrets).toEqual(["shop:password"]);
    expect(parse(text)).toEqual({ config: { "shop:password": "placeholder", "shop:size": 1 } });
    expect(text).not.toContain("v1:abc");
  });

  test("has placeholders inside of objects and lists too, and names the key once", () => {
    const committed =
      "config:\n  shop:users:\n    - name: a\n      password:\n        secure: v1:abc\n    - secure: v1:def\n";
    const { text, secrets } = sandboxConfig(committed, undefined);
    expect(secrets).toEqual(["shop:users"]);
    expect(parse(text)).toEqual({
      config: { "shop:users": [{ name: "a", password: "placeholder" }, "placeholder"] },
    });
  });

  test.each(["environment:\n  - acme/prod\n", "environment:\n  imports:\n    - acme/prod\n"])(
    "goes without its environments: %j",
    (environment) => {
      const { text, environments } = sandboxConfig(`config:\n  shop:a: b\n${environment}`, undefined);
      expect({ environments, config: parse(text) as unknown }).toEqual({
        environments: true,
        config: { config: { "shop:a": "b" } },
      });
    },
  );

  test("says in a line each what is taken in another way, but for what the command gives", () => {
    const elsewhere = { secrets: ["shop:password", "shop:token"], environments: true };
    expect(
      elsewhereLines(elsewhere, "Pulumi.prod.yaml", configuredKeys(["--diff", "-c", "token=x"], "shop")),
    ).toEqual([
      'Pulumi.prod.yaml: secrets that only their own environment can decrypt are taken as "placeholder": shop:password. To use others: --config KEY=VALUE.',
      "Pulumi.prod.yaml: what environments of Pulumi ESC would add is left out. To give what the program needs of it: --config KEY=VALUE.",
    ]);
    expect(configuredKeys(["--config=shop:password=a=b", "--config", "token=x"], "shop")).toEqual([
      "shop:password",
      "shop:token",
    ]);
    expect(elsewhereLines({ secrets: [], environments: false }, "Pulumi.prod.yaml")).toEqual([]);
  });

  test("may have a key or a comment that only sounds like a secret", () => {
    const committed = "config:\n  shop:secure-boot: true # secure: yes\n  # secure: no\n";
    expect(sandboxConfig(committed, undefined)).toEqual({
      text: committed,
      secrets: [],
      environments: false,
    });
  });
});

describe("A project file", () => {
  test.each([
    ["name: shop\n", { name: "shop", stackConfigDirectory: "." }],
    [`name: "shop" # ours\nstackConfigDir: stacks\n`, { name: "shop", stackConfigDirectory: "stacks" }],
    ["name: shop\nconfig: { gcp:project: x }\n", { name: "shop", stackConfigDirectory: "." }],
    ["runtime:\n  name: nodejs\nname: shop\n", { name: "shop", stackConfigDirectory: "." }],
  ])("%j says %o", (text, project) => {
    expect(parseProject(text, "Pulumi.yaml")).toEqual(project);
  });

  test("that is no YAML is refused in one line", () => {
    expect(() => parseProject("name: [", "/shop/Pulumi.yaml")).toThrow(
      /^\/shop\/Pulumi\.yaml cannot be read as YAML: [^\n]+$/,
    );
  });

  test("without a name is refused", () => {
    expect(() => parseProject("runtime:\n  name: nodejs\n", "/shop/Pulumi.yaml")).toThrow(
      '/shop/Pulumi.yaml has no "name".',
    );
  });
});
