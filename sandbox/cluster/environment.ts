import { podField, type PodIdentity } from "./downward.ts";
import type { Container } from "./pod-schema.ts";
import { Missing, type PodSources } from "./volumes.ts";

/** Where a container's paths and names lead on this machine. */
export interface PodPlace {
  /** Local directory of each mount path. */
  mounts: ReadonlyMap<string, string>;
  /** Loopback address, `host:port`, of a Service and one of its ports. */
  service: (id: ServiceId) => Promise<string>;
  /** Variables in which names of Services stay. */
  verbatim: readonly string[];
}

export interface ServiceId {
  namespace: string;
  name: string;
  /** Undefined for the first. */
  port: number | undefined;
}

const serviceHost =
  /\b(?<name>[a-z0-9-]+)\.(?<namespace>[a-z0-9-]+)\.svc(?:\.cluster\.local)?(?::(?<port>\d+))?(?![\w.-])/g;

/**
 * Default paths in pods. The node sets environment variables with other paths, because these cannot exist for a local
 * process.
 */
const usualFiles = {
  MPEGFLOW_KUBERNETES_TOKEN_FILE: "/var/run/secrets/kubernetes.io/serviceaccount/token",
  MPEGFLOW_KUBERNETES_CA_FILE: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
};

/**
 * The variables and arguments of a container as a local process needs them: paths below a mount become local directories, cluster DNS names
 * become loopback addresses.
 *
 * @throws Missing for a config map or secret that is not there
 * @throws Error for a variable that the sandbox cannot fill
 */
export async function containerEnvironment(
  container: Container,
  pod: PodIdentity,
  place: PodPlace,
  sources: Pick<PodSources, "configMap" | "secret">,
): Promise<{ environment: Record<string, string>; args: string[] }> {
  const given = new Map<string, string>();
  for (const { prefix, configMapRef, secretRef } of container.envFrom) {
    for (const [kind, ref] of [
      ["configMap", configMapRef],
      ["secret", secretRef],
    ] as const) {
      if (ref === undefined) continue;
      const data = await sources[kind](pod.namespace, ref.name);
      if (data === undefined && !ref.optional)
        throw new Missing(`${kind.toLowerCase()} "${ref.name}" not found`);
      for (const [key, value] of data ?? []) given.set(prefix + key, textOf(value));
    }
  }
  for (const { name, value, valueFrom } of container.env) {
    const found =
      valueFrom === undefined ? expand(value ?? "", given) : await valueOf(name, valueFrom, pod, sources);
    if (found !== undefined) given.set(name, found);
  }
  for (const [name, path] of Object.entries(usualFiles)) {
    const mounted = [...place.mounts.keys()].some((mount) => path.startsWith(`${mount}/`));
    if (mounted && !given.has(name)) given.set(name, path);
  }
  const environment: Record<string, string> = {};
  for (const [name, value] of given)
    environment[name] = await localise(value, place, !place.verbatim.includes(name));
  const args: string[] = [];
  for (const arg of container.args) args.push(await localise(expand(arg, given), place));
  return { environment, args };
}

async function valueOf(
  variable: string,
  from: Container["env"][number]["valueFrom"] & {},
  pod: PodIdentity,
  sources: Pick<PodSources, "configMap" | "secret">,
): Promise<string | undefined> {
  if (from.fieldRef !== undefined) return podField(variable, from.fieldRef.fieldPath, pod);
  for (const [kind, ref] of [
    ["configMap", from.configMapKeyRef],
    ["secret", from.secretKeyRef],
  ] as const) {
    if (ref === undefined) continue;
    const data = await sources[kind](pod.namespace, ref.name);
    const value = data?.get(ref.key);
    if (value !== undefined) return textOf(value);
    if (ref.optional) return undefined;
    throw new Missing(
      data === undefined
        ? `${kind.toLowerCase()} "${ref.name}" not found`
        : `couldn't find key ${ref.key} in ${kind === "secret" ? "Secret" : "ConfigMap"} ${pod.namespace}/${ref.name}`,
    );
  }
  return "";
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** `$(NAME)` of an earlier variable; `$$(NAME)` stays, with one $. */
function expand(value: string, known: ReadonlyMap<string, string>): string {
  return value.replace(
    /\$(\$\([^)]*\))|\$\(([^)]*)\)/g,
    (whole, kept: string | undefined, name: string) => kept ?? known.get(name) ?? whole,
  );
}

async function localise(value: string, { mounts, service }: PodPlace, withServices = true): Promise<string> {
  const paths = [...mounts.keys()].toSorted((one, other) => other.length - one.length);
  // At the beginning, or after what separates paths; a URL's path is no path here.
  const mounted = new RegExp(`(?<=^|[=:,\\s])(?:${paths.map(escaped).join("|")})(?=$|[/:,\\s])`, "g");
  let local = paths.length === 0 ? value : value.replaceAll(mounted, (path) => mounts.get(path) ?? path);
  if (!withServices) return local;
  for (const { 0: host, groups = {} } of local.matchAll(serviceHost)) {
    const { name = "", namespace = "", port } = groups;
    const address = await service({ namespace, name, port: port === undefined ? undefined : Number(port) });
    local = local.replace(host, () => address);
  }
  return local;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
