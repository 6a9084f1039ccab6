import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goldenOf, goldenStacks } from "./golden.ts";
import { root, textOf } from "./pages.ts";
import { pageCommands } from "./shell.ts";

/**
 * The API by which Google's provider makes a type, by the type's module, or by module and class where one module has several.
 * Source: the base addresses of https://github.com/hashicorp/terraform-provider-google.
 */
const API_OF: Readonly<Record<string, string>> = {
  artifactregistry: "artifactregistry",
  bigquery: "bigquery",
  certificatemanager: "certificatemanager",
  compute: "compute",
  container: "container",
  dns: "dns",
  gkebackup: "gkebackup",
  kms: "cloudkms",
  logging: "logging",
  monitoring: "monitoring",
  "projects/IAMAuditConfig": "cloudresourcemanager",
  "projects/IAMCustomRole": "iam",
  "projects/IAMMember": "cloudresourcemanager",
  "projects/ServiceIdentity": "serviceusage",
  pubsub: "pubsub",
  secretmanager: "secretmanager",
  serviceaccount: "iam",
  storage: "storage",
  "storage/TransferJob": "storagetransfer",
};
/** Needed by what runs, and by no resource: coordinators sign by it. */
const AT_RUN_TIME = ["iamcredentials"];

const keyOf = (type: string): string => (type in API_OF ? type : (type.split("/")[0] ?? ""));

/** `pubsub/Topic` of `gcp:pubsub/topic:Topic`. */
const typesOfStack = (stack: string): readonly string[] =>
  goldenOf(stack).flatMap(({ type }) => {
    const [, module = "", name = ""] = /^gcp:([a-z]+)\/[A-Za-z]+:([A-Za-z]+)$/.exec(type) ?? [];
    return module === "" ? [] : [`${module}/${name}`];
  });
const typesOfComponents = globSync("components/**/*.ts", { cwd: root })
  .filter((file) => !file.includes("node_modules") && !file.includes("dist"))
  .flatMap((file) => [
    ...readFileSync(join(root, file), "utf8").matchAll(/\bnew gcp\.([a-z]+)\.([A-Za-z]+)\(/g),
  ])
  .map(([, module = "", name = ""]) => `${module}/${name}`);
const types = [...new Set([...goldenStacks.flatMap(typesOfStack), ...typesOfComponents])].toSorted();

const PAGE = "docs/getting-started.md";
const apisIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b([a-z]+)\.googleapis\.com/g)].map(([, api = ""]) => api);
const enabled = pageCommands(PAGE)
  .filter(({ command }) => command.startsWith("gcloud services enable "))
  .flatMap(({ command }) => apisIn(command));
const inTable = textOf(PAGE)
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .flatMap(apisIn);

const apisOf = (some: readonly string[]): readonly string[] =>
  [...new Set(some.map((type) => API_OF[keyOf(type)] ?? `unknown, of ${type}`))].toSorted();

describe("the APIs of getting-started.md", () => {
  it("knows the API of every type of Google that a stack or a component declares", () => {
    expect(types.filter((type) => !(keyOf(type) in API_OF))).toEqual([]);
  });

  it("has no API for a type that nothing declares", () => {
    const used = new Set(types.map(keyOf));
    expect(Object.keys(API_OF).filter((key) => !used.has(key))).toEqual([]);
  });

  it("are enabled by its commands as far as dev needs them, the stack that it makes", () => {
    expect(apisOf(typesOfStack("dev")).filter((api) => !enabled.includes(api))).toEqual([]);
    expect(AT_RUN_TIME.filter((api) => !enabled.includes(api))).toEqual([]);
  });

  it("has all others in its table, by the configuration that wants them", () => {
    expect(apisOf(types).filter((api) => !enabled.includes(api) && !inTable.includes(api))).toEqual([]);
  });

  it("enables nothing that dev has no use for", () => {
    const wanted = [...apisOf(typesOfStack("dev")), ...AT_RUN_TIME, "serviceusage"];
    expect(enabled.filter((api) => !wanted.includes(api))).toEqual([]);
  });
});
