/** Audience of the tokens that workers show to the coordinator; no other program accepts them. */
export const COORDINATOR_AUDIENCE = "mpegflow-coordinator";

/** Name of the coordinators' Kubernetes service account, to which Google roles are granted. */
export const COORDINATOR_SERVICE_ACCOUNT = "coordinator";

/** Name of a pool of encoders, and of its service account, unless another is asked for. */
export const DEFAULT_POOL = "encoder";

/** Name of the service account as which KEDA asks for the length of a pool's queue. It may do nothing else. */
export function pollerOf(pool: string): string {
  return pool === DEFAULT_POOL ? "keda-poller" : `${pool}-keda-poller`;
}

/** Kubernetes' user name of a service account. */
export function subjectOf(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
