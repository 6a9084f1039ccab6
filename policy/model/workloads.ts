import type { StackGraph, StackResource } from "./graph.ts";
import { WORKLOAD } from "./kinds.ts";
import { block, blocks, read, text, UNKNOWN, type Properties } from "./known.ts";
import { matches } from "./rule.ts";

/** The pods that a workload makes. */
export interface Pods {
  readonly resource: StackResource;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly labels: Properties;
  readonly spec: Properties;
}

/** Settings of rules that have to tell workers from other programs. */
export interface WorkerSettings {
  readonly workers: readonly string[];
}

/** The same in a policy's configuration. */
export const WORKERS = {
  workers: {
    type: "array",
    items: { type: "string" },
    default: ["*encoder*", "*worker*", "*transcod*"],
    description:
      "What workers are called: patterns with *, compared with a pod's service account and its labels " +
      "app.kubernetes.io/component and app.kubernetes.io/name.",
  },
} as const;

/** The pods of every workload whose template is known. */
export function podsIn(stack: StackGraph): readonly Pods[] {
  return stack.once(podsIn, () => podsOfWorkloads(stack));
}

/** Those of workers. */
export function workersIn(stack: StackGraph, settings: WorkerSettings): readonly Pods[] {
  return stack.once(`workers ${settings.workers.join(" ")}`, () =>
    podsIn(stack).filter((pods) => areWorkers(pods, settings)),
  );
}

function podsOfWorkloads(stack: StackGraph): Pods[] {
  return stack.ofKind(WORKLOAD).flatMap((resource) => {
    const pods = read(() => podsOf(resource));
    return pods === UNKNOWN || pods === undefined ? [] : [pods];
  });
}

/** The pods of one workload. */
export function podsOf(resource: StackResource): Pods | undefined {
  const template = templateOf(resource.type, resource.props);
  const spec = block(template, "spec");
  if (spec === undefined) return undefined;
  const own = block(resource.props, "metadata") ?? {};
  const metadata = block(template, "metadata") ?? {};
  const namespace = read(() => text(own, "namespace"));
  const serviceAccount = read(() => text(spec, "serviceAccountName"));
  return {
    resource,
    namespace: namespace === UNKNOWN ? "" : (namespace ?? "default"),
    serviceAccount: serviceAccount === UNKNOWN ? "" : (serviceAccount ?? "default"),
    labels: block(metadata, "labels") ?? {},
    spec,
  };
}

/** The pods' own spec, whatever makes them; empty where there is none. */
export function podSpecOf(type: string, props: Properties): Properties {
  return block(templateOf(type, props), "spec") ?? {};
}

function templateOf(type: string, props: Properties): Properties {
  const at = (from: Properties, ...path: readonly string[]): Properties =>
    path.reduce<Properties>((value, key) => block(value, key) ?? {}, from);
  if (type.endsWith(":Pod")) return props;
  if (type.endsWith(":CronJob")) return at(props, "spec", "jobTemplate", "spec", "template");
  if (type.endsWith(":ScaledJob")) return at(props, "spec", "jobTargetRef", "template");
  return at(props, "spec", "template");
}

/** Whether pods are a worker's: programs that parse hostile media and must hold no power. */
export function areWorkers({ serviceAccount, labels }: Pods, { workers }: WorkerSettings): boolean {
  const names = [
    serviceAccount,
    text(labels, "app.kubernetes.io/component"),
    text(labels, "app.kubernetes.io/name"),
  ];
  return names.some((name) => name !== undefined && matches(workers, name));
}

/** The variables of every container of a pod: its init containers' too. */
export function variablesOf(
  spec: Properties,
): { readonly name: string; readonly value: () => string | undefined }[] {
  return [...blocks(spec, "containers"), ...blocks(spec, "initContainers")].flatMap((container) =>
    blocks(container, "env").flatMap((entry) => {
      const name = text(entry, "name");
      return name === undefined ? [] : [{ name, value: () => text(entry, "value") }];
    }),
  );
}
