/** Who and where a pod is. */
export interface PodIdentity {
  name: string;
  namespace: string;
  uid: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  serviceAccount: string;
  nodeName: string;
  ip: string;
  hostIp: string;
}

/**
 * A field that the downward API gives a container. https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
 *
 * @param user what asks for it, for the error
 * @throws Error naming the fields that there are
 */
export function podField(user: string, path: string, pod: PodIdentity): string {
  const keyed = /^metadata\.(?<map>labels|annotations)\['(?<key>[^']+)'\]$/.exec(path)?.groups;
  if (keyed?.["key"] !== undefined) {
    return (keyed["map"] === "labels" ? pod.labels : pod.annotations)[keyed["key"]] ?? "";
  }
  const fields: Record<string, string> = {
    "metadata.name": pod.name,
    "metadata.namespace": pod.namespace,
    "metadata.uid": pod.uid,
    "metadata.labels": lines(pod.labels),
    "metadata.annotations": lines(pod.annotations),
    "spec.nodeName": pod.nodeName,
    "spec.serviceAccountName": pod.serviceAccount,
    "status.podIP": pod.ip,
    "status.podIPs": pod.ip,
    "status.hostIP": pod.hostIp,
  };
  const found = fields[path];
  if (found === undefined) {
    throw new Error(`${user}: the sandbox fills fieldPath ${Object.keys(fields).join(", ")}; not ${path}`);
  }
  return found;
}

const lines = (entries: Readonly<Record<string, string>>): string =>
  Object.entries(entries)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n");
