import type { ContainerStatus, PodStatus } from "../../cluster/index.ts";

interface Condition {
  type: string;
  status: "True" | "False";
  reason?: string;
  message?: string;
  lastTransitionTime: string;
}

/** A pod's addresses and when its node took it up. */
export interface PodPlaceOnNode {
  ip: string;
  hostIp: string;
  startTime: string;
}

/**
 * What a kubelet writes into a pod's status. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions
 *
 * @param last conditions of the last report, whose times of change stay where nothing changed
 */
export function podStatus(
  status: PodStatus,
  place: PodPlaceOnNode,
  last: readonly Condition[],
  now: string,
): { conditions: Condition[] } & Record<string, unknown> {
  const ended = status.phase === "Succeeded" || status.phase === "Failed";
  const condition = (type: string, holds: boolean, why: { reason?: string; message?: string }): Condition => {
    const state = holds ? "True" : "False";
    const before = last.find((one) => one.type === type);
    return {
      type,
      status: state,
      ...(!holds && why),
      lastTransitionTime: before?.status === state ? before.lastTransitionTime : now,
    };
  };
  const why = ended
    ? { reason: status.phase === "Succeeded" ? "PodCompleted" : "PodFailed" }
    : { reason: "ContainersNotReady", message: unready(status.containers) };
  return {
    phase: status.phase,
    // Null takes away what an earlier report said.
    reason: status.reason ?? null,
    message: status.message ?? null,
    startTime: place.startTime,
    hostIP: place.hostIp,
    hostIPs: [{ ip: place.hostIp }, replaced],
    podIP: place.ip,
    podIPs: [{ ip: place.ip }, replaced],
    conditions: [
      condition("PodReadyToStartContainers", !ended, {}),
      condition("Initialized", status.initialized, {
        reason: "ContainersNotInitialized",
        message: unready(status.initContainers),
      }),
      condition("ContainersReady", status.ready, why),
      condition("Ready", status.ready, why),
    ],
    initContainerStatuses: status.initContainers,
    containerStatuses: status.containers,
  };
}

const unready = (containers: readonly ContainerStatus[]): string =>
  `containers with unready status: [${containers
    .filter(({ ready }) => !ready)
    .map(({ name }) => name)
    .join(" ")}]`;

/** In a strategic merge patch: the list is this one, not a union with the last. */
const replaced = { $patch: "replace" };
