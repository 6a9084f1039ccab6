import type { StackGraph } from "./graph.ts";
import type { StackResource } from "./stack-resource.ts";
import { WORKLOAD } from "./kinds.ts";
import { block, blocks, read, text, UNKNOWN, type Properties } from "./known.ts";
import { isWorker } from "./own-images.ts";
import { matches } from "./patterns.ts";
import { podTemplatesOf } from "./pod-templates.ts";

/** A resource that creates pods, in the form common to both kinds of policy. */
interface Workload {
  readonly type: string;
  readonly props: Properties;
}

/** The pods that a workload creates. */
export interface Pods<R extends Workload = Workload> {
  readonly resource: R;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly labels: Properties;
  readonly spec: Properties;
}

/** Settings of rules that distinguish workers from other programs. */
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
      "Names of workers: patterns with *, compared with a pod's service account and its labels " +
      "app.kubernetes.io/component and app.kubernetes.io/name. Pods with a worker's image or MPEGFLOW_COORDINATOR_URL are workers by " +
      "any name.",
  },
} as const;

/** The pods of every workload whose template is known. */
export function podsIn(stack: StackGraph): readonly Pods<StackResource>[] {
  return stack.once(podsIn, () => podsOfWorkloads(stack));
}

/** Those of workers. */
export function workersIn(stack: StackGraph, settings: WorkerSettings): readonly Pods<StackResource>[] {
  return stack.once(`workers ${settings.workers.join(" ")}`, () =>
    podsIn(stack).filter((pods) => areWorkers(pods, settings)),
  );
}

function podsOfWorkloads(stack: StackGraph): Pods<StackResource>[] {
  return stack.ofKind(WORKLOAD).flatMap((resource) => {
    const pods = read(() => podsOf(resource));
    return pods === UNKNOWN ? [] : pods;
  });
}

/** The pods of one workload. */
export function podsOf<R extends Workload>(resource: R): Pods<R>[] {
  const own = block(resource.props, "metadata") ?? {};
  const namespace = read(() => text(own, "namespace"));
  return podTemplatesOf(resource.type, resource.props).map(({ metadata, spec }) => {
    const serviceAccount = read(() => text(spec, "serviceAccountName") ?? text(spec, "serviceAccount"));
    return {
      resource,
      namespace: namespace === UNKNOWN ? "" : (namespace ?? "default"),
      serviceAccount: serviceAccount === UNKNOWN ? "" : (serviceAccount ?? "default"),
      labels: block(metadata, "labels") ?? {},
      spec,
    };
  });
}

/** The specs of all pods that a resource makes. */
export function podSpecsOf(type: string, props: Properties): Properties[] {
  return podTemplatesOf(type, props).map(({ spec }) => spec);
}

/** Whether pods are workers: programs that parse hostile media and must have no permissions. */
export function areWorkers({ serviceAccount, labels, spec }: Pods, { workers }: WorkerSettings): boolean {
  const names = [
    serviceAccount,
    text(labels, "app.kubernetes.io/component"),
    text(labels, "app.kubernetes.io/name"),
  ];
  return (
    names.some((name) => name !== undefined && matches(workers, name)) || containersOf(spec).some(isWorker)
  );
}

/** A variable of a container. */
export interface Variable {
  readonly name: string;
  /** Its value, where the pod's spec has it. */
  readonly value: () => string | undefined;
  /** Whether it has a value, here or from elsewhere. */
  readonly isGiven: boolean;
}

/** The variables of every container of a pod. */
export function variablesOf(spec: Properties): Variable[] {
  return containersOf(spec).flatMap((container) =>
    blocks(container, "env").flatMap((entry) => {
      const name = text(entry, "name");
      const value = (): string | undefined => text(entry, "value");
      const isGiven = read(value) !== undefined || entry["valueFrom"] !== undefined;
      return name === undefined ? [] : [{ name, value, isGiven }];
    }),
  );
}

/** Every container of a pod, its init and ephemeral containers too. */
export function containersOf(spec: Properties): Properties[] {
  return ["containers", "initContainers", "ephemeralContainers"].flatMap((key) => blocks(spec, key));
}
