import type { Container } from "./manifest.ts";

export interface PodPlace {
  name: string;
  namespace: string;
  /** Local directory of each mount path. */
  mounts: ReadonlyMap<string, string>;
  /** Loopback address, `host:port`, of each Service that `servicesNamedIn` found, by `namespace/name`. */
  services: ReadonlyMap<string, string>;
}

const serviceHost = /\b(?<name>[a-z0-9-]+)\.(?<namespace>[a-z0-9-]+)\.svc(?:\.cluster\.local)?(?::\d+)?/g;

/** `namespace/name` of each Service whose cluster DNS name stands in a variable. */
export function servicesNamedIn(container: Container): string[] {
  return container.env.flatMap(({ value = "" }) =>
    [...value.matchAll(serviceHost)].map(
      ({ groups = {} }) => `${groups["namespace"] ?? ""}/${groups["name"] ?? ""}`,
    ),
  );
}

/**
 * The variables of a container as a local process needs them: paths below a mount become local directories, cluster DNS names become
 * loopback addresses. Pure.
 *
 * @throws Error for a variable that the sandbox cannot fill
 */
export function containerEnvironment(container: Container, pod: PodPlace): Record<string, string> {
  return Object.fromEntries(
    container.env.map(({ name, value, valueFrom }) => [
      name,
      localise(value ?? field(name, valueFrom, pod), pod),
    ]),
  );
}

function field(variable: string, valueFrom: Container["env"][number]["valueFrom"], pod: PodPlace): string {
  const path = valueFrom?.fieldRef.fieldPath;
  const fields: Record<string, string> = { "metadata.name": pod.name, "metadata.namespace": pod.namespace };
  const found = path === undefined ? "" : fields[path];
  if (found === undefined) {
    throw new Error(
      `${variable}: the sandbox fills fieldPath ${Object.keys(fields).join(", ")}, not ${path ?? ""}`,
    );
  }
  return found;
}

function localise(value: string, pod: PodPlace): string {
  for (const [mountPath, directory] of pod.mounts) {
    if (value === mountPath || value.startsWith(`${mountPath}/`))
      return directory + value.slice(mountPath.length);
  }
  return value.replace(
    serviceHost,
    (host, name: string, namespace: string) => pod.services.get(`${namespace}/${name}`) ?? host,
  );
}
