import type { GoldenResource } from "./golden.ts";
import { wordsOf } from "./shell.ts";

/** Words that a reader replaces: `PROJECT_ID`. */
const isPlaceholder = (word: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(word);

/** Of gcloud's groups that take a resource's name after the verb, what the resource is. */
const GCLOUD_KINDS: Readonly<Record<string, string>> = {
  "pubsub subscriptions": "Subscription",
  "pubsub topics": "Topic",
  "container clusters": "Cluster",
};
/** Kinds of Kubernetes that a stack declares. */
const DECLARED: Readonly<Record<string, string>> = {
  deployment: "Deployment",
  scaledjob: "ScaledJob",
  scaledobject: "ScaledObject",
};
/** Kinds that appear by themselves: pods of a Deployment, Jobs of a ScaledJob, the Secrets of Helm. */
const APPEARING = new Set(["pod", "job", "secret"]);
const KUBECTL_FLAGS_WITH_VALUE = new Set(
  ["context", "namespace", "selector", "sort-by", "label-columns", "replicas", "since", "type", "patch"].map(
    (flag) => `--${flag}`,
  ),
);

const flagOf = (words: readonly string[], flag: string): string | undefined => {
  const at = words.indexOf(flag);
  return at < 0 ? undefined : words[at + 1];
};

/** What a command names that the stack does not have. */
export function missingResources(command: string, stack: readonly GoldenResource[]): readonly string[] {
  const words = wordsOf(command);
  const [program] = words;
  return [
    ...(program === "kubectl" ? missingOfKubectl(words, stack) : []),
    ...(program === "gcloud" ? missingOfGcloud(words, stack) : []),
    ...(program === "helm" ? missingReleases([words[2]], flagOf(words, "--namespace"), stack) : []),
    ...missingBuckets(command, stack),
    ...missingNames(command, stack),
  ];
}

function missingOfKubectl(words: readonly string[], stack: readonly GoldenResource[]): readonly string[] {
  const namespace = flagOf(words, "--namespace");
  const positional = words.filter(
    (word, at) => !word.startsWith("-") && !KUBECTL_FLAGS_WITH_VALUE.has(words[at - 1] ?? ""),
  );
  const [, verb, first = "", second] = positional;
  // A pod that the command makes is none of the stack's.
  if (verb === "config" || verb === "run") return [];
  const [kinds = "", name = second] = first.split("/");
  const problems: string[] = [];
  if (
    namespace !== undefined &&
    !stack.some(({ kind, name: own }) => kind === "Namespace" && own === namespace)
  )
    problems.push(`there is no namespace ${namespace}`);
  for (const plural of kinds.split(",")) {
    const singular = plural.replace(/s$/, "");
    const kind = DECLARED[singular];
    if (kind === undefined && !APPEARING.has(singular))
      problems.push(`the test does not know the kind ${plural}`);
    if (kind === undefined) continue;
    const there = stack.some(
      (resource) =>
        resource.kind === kind &&
        resource.namespace === namespace &&
        (name === undefined || isPlaceholder(name) || resource.name === name),
    );
    if (!there) problems.push(`there is no ${kind} ${name ?? ""} in the namespace ${namespace ?? "(none)"}`);
  }
  const ofHelm = [
    /^sh\.helm\.release\.v1\.([a-z-]+)\./.exec(name ?? "")?.[1],
    /\bname=([a-z-]+)/.exec(flagOf(words, "--selector") ?? "")?.[1],
  ];
  return [...problems, ...missingReleases(ofHelm, namespace, stack)];
}

function missingReleases(
  names: readonly (string | undefined)[],
  namespace: string | undefined,
  stack: readonly GoldenResource[],
): readonly string[] {
  return names
    .filter((name) => name !== undefined)
    .filter(
      (name) =>
        !stack.some(
          (resource) =>
            resource.kind === "Release" && resource.name === name && resource.namespace === namespace,
        ),
    )
    .map((name) => `there is no Helm release ${name} in the namespace ${namespace ?? "(none)"}`);
}

function missingOfGcloud(words: readonly string[], stack: readonly GoldenResource[]): readonly string[] {
  const kind = GCLOUD_KINDS[words.slice(1, 3).join(" ")];
  const name = words[4];
  const location = flagOf(words, "--location") ?? flagOf(words, "--region");
  const nodePool = flagOf(words, "--node-pool");
  const asked = [
    ...(kind !== undefined && name !== undefined && !name.startsWith("-") ? [{ kind, name }] : []),
    ...(nodePool === undefined ? [] : [{ kind: "NodePool", name: nodePool }]),
  ].filter(({ name: own }) => !isPlaceholder(own));
  return asked
    .filter(
      (one) =>
        !stack.some(
          (resource) =>
            resource.kind === one.kind &&
            resource.name === one.name &&
            (location === undefined || resource.location === location),
        ),
    )
    .map((one) => `there is no ${one.kind} ${one.name}${location === undefined ? "" : ` in ${location}`}`);
}

function missingBuckets(command: string, stack: readonly GoldenResource[]): readonly string[] {
  return [...command.matchAll(/gs:\/\/([^/\s'"#]+)/g)]
    .map(([, bucket = ""]) => bucket)
    .filter((bucket) => !isPlaceholder(bucket))
    .filter((bucket) => !stack.some(({ kind, name }) => kind === "Bucket" && name === bucket))
    .map((bucket) => `there is no bucket ${bucket}`);
}

/** Whatever is called as the platform's resources are, in any part of a command: in a query, in a flag. */
function missingNames(command: string, stack: readonly GoldenResource[]): readonly string[] {
  const names = new Set(stack.flatMap(({ name, namespace, project }) => [name, namespace, project]));
  return [...command.matchAll(/\bmpegflow-(?!gcs\b)[a-z0-9-]*[a-z0-9]/g)]
    .map(([name]) => name)
    .filter((name) => !names.has(name))
    .map((name) => `nothing is called ${name}`);
}
