import { globSync, readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import type { Child } from "../construct.ts";
import { type FunctionModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import {
  isList,
  isObject,
  isUnknown,
  listOf,
  objectOf,
  reveal,
  secret,
  textOf,
  type Properties,
  type Value,
} from "../values.ts";
import { string } from "../fields.ts";

/**
 * The resources of a component of manifests, as the stock provider declares them.
 *
 * Source: https://www.pulumi.com/registry/packages/kubernetes/api-docs/yaml/v2/configgroup/
 *
 * @returns undefined for a component that other programs render (Helm, Kustomize), and for manifests that are not known yet
 * @throws Refusal when a manifest is no Kubernetes object
 */
export function manifestChildren(type: string, name: string, inputs: Properties): Child[] | undefined {
  const given = objectOf(reveal(inputs));
  switch (type) {
    case "kubernetes:yaml/v2:ConfigFile":
      return childrenOf(name, { ...given, files: [given["file"] ?? null] }, false);
    case "kubernetes:yaml/v2:ConfigGroup":
      return childrenOf(name, given, true);
    default:
      return undefined;
  }
}

function childrenOf(name: string, inputs: Properties, patterns: boolean): Child[] | undefined {
  const { yaml, files, objs, resourcePrefix } = inputs;
  if ([yaml, files, objs, resourcePrefix].some((one) => one !== undefined && isUnknown(one)))
    return undefined;
  const sources = textsOf(files);
  if (listOf(objs).some(isUnknown) || sources === undefined) return undefined;
  // Manifests on the web are not fetched: previews use no network.
  if (sources.some((source) => /^[a-z]+:\/\//i.test(source))) return undefined;
  const paths = sources.flatMap((source) =>
    patterns && /(?:^|[^\\])[*?[]/.test(source) ? globSync(source).sort() : [source],
  );
  const objects = [
    ...[...paths.map(readManifest), textOf(yaml) ?? ""].flatMap(parsedManifest),
    ...listOf(objs),
  ];
  return objects.flatMap((object) => childOf(object, textOf(resourcePrefix) ?? name));
}

/** Undefined where one of them is unknown. */
function textsOf(value: Value | undefined): string[] | undefined {
  const all = isList(value) ? value : value === undefined ? [] : [value];
  return all.some(isUnknown) ? undefined : all.flatMap((one) => textOf(one) ?? []);
}

function readManifest(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Refusal(`the manifest ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** The objects of a YAML stream; empty documents are none. */
function parsedManifest(text: string): Value[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Refusal(`a manifest is no YAML: ${error.message}`);
    const object = document.toJS() as Value;
    return object === null ? [] : [object];
  });
}

function childOf(object: Value, prefix: string): Child[] {
  const { apiVersion, kind, metadata, items } = objectOf(object);
  if (typeof apiVersion !== "string" || typeof kind !== "string") {
    throw new Refusal(`a Kubernetes object has an apiVersion and a kind, this one has not: ${shown(object)}`);
  }
  if (kind.endsWith("List") && isList(items)) return items.flatMap((item) => childOf(item, prefix));
  const { name, namespace } = objectOf(metadata);
  if (typeof name !== "string")
    throw new Refusal(`a manifest has a metadata.name, this one has not: ${shown(object)}`);
  const full = typeof namespace === "string" ? `${namespace}/${name}` : name;
  return [
    {
      type: `kubernetes:${apiVersion === "v1" ? "core/v1" : apiVersion}:${kind}`,
      name: prefix === "" ? full : `${prefix}-${full}`,
      inputs: `${apiVersion}/${kind}` === "v1/Secret" ? withSecretData(objectOf(object)) : objectOf(object),
    },
  ];
}

function withSecretData(object: Properties): Properties {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key,
      key === "data" || key === "stringData" ? secret(value) : value,
    ]),
  );
}

/** What it is, without its data, which may be secret. */
const shown = (object: Value): string =>
  isObject(object) ? `it has ${Object.keys(object).join(", ") || "nothing"}` : `it is ${typeof object}`;

/** `kubernetes.yaml.ConfigFile` and `ConfigGroup` of the first kind let the provider read manifests, and declare the objects themselves. */
const decode: FunctionModel = {
  token: "kubernetes:yaml:decode",
  fields: { text: string({ required: true }) },
  pure: true,
  call: ({ text }) => ({ result: parsedManifest(textOf(text) ?? "") }),
};

export const functions: FunctionModel[] = [decode];

/** `helm.v3.Chart` and `kustomize.Directory` ask the provider for the objects that Helm and Kustomize render, and declare those. */
export const unrendered = ["kubernetes:helm:template", "kubernetes:kustomize:directory"];
