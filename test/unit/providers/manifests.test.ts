import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manifestChildren } from "../../../sandbox/providers/kubernetes/manifests.ts";
import { secret, unknown, type Properties } from "../../../sandbox/providers/values.ts";

const group = "kubernetes:yaml/v2:ConfigGroup";
const names = (inputs: Properties, type = group) =>
  manifestChildren(type, "edge", inputs)?.map((child) => `${child.type} ${child.name}`);
const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-manifests-"));
  mkdirSync(join(directory, "more"));
  writeFileSync(join(directory, "a.yaml"), map("a"));
  writeFileSync(join(directory, "more", "b.yaml"), map("b"));
  writeFileSync(join(directory, "more", "c.yaml"), `${map("c")}---\n---\n${map("d")}`);
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe("the resources of a component of manifests", () => {
  test("are those of its text, its files, its patterns and its objects, named as the stock provider names them", () => {
    const inputs = {
      yaml: map("text"),
      files: [join(directory, "a.yaml"), join(directory, "more", "*.yaml")],
      objs: [{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "front" } }],
    };
    expect(names(inputs)).toEqual([
      ...["a", "b", "c", "d", "text"].map((name) => `kubernetes:core/v1:ConfigMap edge-${name}`),
      "kubernetes:apps/v1:Deployment edge-front/web",
    ]);
  });

  test("have the prefix that the program says, or none", () => {
    expect(names({ yaml: map("a"), resourcePrefix: "x" })).toEqual(["kubernetes:core/v1:ConfigMap x-a"]);
    expect(names({ yaml: map("a"), resourcePrefix: "" })).toEqual(["kubernetes:core/v1:ConfigMap a"]);
  });

  test("are those in a list, not the list", () => {
    const list = {
      apiVersion: "v1",
      kind: "List",
      items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } }],
    };
    expect(names({ objs: [list] })).toEqual(["kubernetes:core/v1:Pod edge-p"]);
  });

  test("are one file's, where the component is of one file", () => {
    const file = join(directory, "a.yaml");
    expect(names({ file }, "kubernetes:yaml/v2:ConfigFile")).toEqual(["kubernetes:core/v1:ConfigMap edge-a"]);
  });

  test("keep the data of a Secret secret, and a secret manifest's too", () => {
    const yaml = "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: x }\n";
    const [child] = manifestChildren(group, "edge", { yaml: secret(yaml) }) ?? [];
    expect(child?.inputs["stringData"]).toEqual(secret({ password: "x" }));
  });

  test.each([
    ["an unknown text", group, { yaml: unknown }],
    ["an unknown file", group, { files: [unknown] }],
    ["an unknown object", group, { objs: [unknown] }],
    ["a file on the web", group, { files: ["https://example.com/a.yaml"] }],
    ["a chart", "kubernetes:helm.sh/v4:Chart", { chart: "nginx" }],
    ["a kustomization", "kubernetes:kustomize/v2:Directory", { directory: "." }],
  ])("are not known of %s", (_what, type, inputs) => {
    expect(names(inputs, type)).toBeUndefined();
  });

  test.each([
    ["no object", "just words", /apiVersion and a kind/],
    ["no name", "apiVersion: v1\nkind: ConfigMap\n", /metadata\.name/],
    ["no YAML", "a: [", /no YAML/],
  ])("of a manifest that is %s are refused", (_what, yaml, problem) => {
    expect(() => names({ yaml })).toThrow(problem);
  });

  test("of a file that is not there are refused by its name", () => {
    expect(() => names({ files: [join(directory, "none.yaml")] })).toThrow(/none\.yaml cannot be read/);
  });
});
