import { block, blocks, read, UNKNOWN, type Properties } from "./known.ts";

/** A pod's template: its metadata and its spec. */
export interface PodTemplate {
  readonly metadata: Properties;
  readonly spec: Properties;
}

/** Kinds of Kubernetes' own that make pods, and the path to the template in each; a Pod is its own. */
export const TEMPLATE_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ["template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  DaemonSet: ["spec", "template"],
  Deployment: ["spec", "template"],
  Job: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  StatefulSet: ["spec", "template"],
};

/** API groups of Kubernetes itself: `apps/v1`, `networking.k8s.io/v1`. Everything else is a custom resource. */
const OWN_GROUP = /^kubernetes:(?:[a-z]+|[a-z0-9.]+\.k8s\.io)\/v[a-z0-9]+:/;

const CUSTOM_GROUP = /^kubernetes:[^:]*\.[^:]*\/[^:]+:/;

/** Type tokens whose resources may make pods: workloads, their patches and lists, and every custom resource. */
export function mayMakePods(type: string): boolean {
  if (!type.startsWith("kubernetes:")) return false;
  return OWN_GROUP.test(type) ? kindOf(type).name in TEMPLATE_PATHS : CUSTOM_GROUP.test(type);
}

/** The pod templates of a resource: several of a list or of a custom resource, mostly one. */
export function podTemplatesOf(type: string, props: Properties): PodTemplate[] {
  const { name, isList } = kindOf(type);
  // Others have kinds of the same names, with templates elsewhere: Volcano's Job.
  if (!OWN_GROUP.test(type)) return templatesWithin(props, DEEPEST);
  const path = TEMPLATE_PATHS[name];
  if (path === undefined) return [];
  const objects = isList ? blocks(props, "items") : [props];
  return objects.flatMap((object) => {
    const template = path.reduce<Properties>((value, key) => block(value, key) ?? {}, object);
    return templateFrom(template);
  });
}

/** `kubernetes:apps/v1:DeploymentPatch` and `…:DeploymentList` are about Deployments. */
function kindOf(type: string): { name: string; isList: boolean } {
  const kind = type.slice(type.lastIndexOf(":") + 1);
  return { name: kind.replace(/(Patch|List)$/, ""), isList: kind.endsWith("List") };
}

/** How deep a template may be in a custom resource: JobSet's is seven levels down. */
const DEEPEST = 8;

/** Keys of custom resources below which a template may be. */
const MAY_HOLD = /spec$|template|jobs$|tasks$/i;

/** Whatever has a spec with containers of any kind. */
function templatesWithin(value: unknown, depth: number): PodTemplate[] {
  if (depth === 0 || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => templatesWithin(one, depth - 1));
  const own = templateFrom(value as Properties);
  if (own.length > 0) return own;
  return Object.keys(value).flatMap((key) => {
    const below = read(() => (value as Properties)[key]);
    if (below !== UNKNOWN) return templatesWithin(below, depth - 1);
    // Reading it again tells the rule that it cannot judge; what is not known elsewhere holds no template.
    return MAY_HOLD.test(key) ? templatesWithin((value as Properties)[key], depth - 1) : [];
  });
}

const SHOWS_A_POD = ["containers", "initContainers", "ephemeralContainers", "serviceAccountName"];

function templateFrom(template: Properties): PodTemplate[] {
  const spec = block(template, "spec");
  if (spec === undefined || !SHOWS_A_POD.some((key) => key in spec)) return [];
  return [{ metadata: block(template, "metadata") ?? {}, spec }];
}
