import type { StackGraph } from "../model/graph.ts";
import { read, text, UNKNOWN, type Known, type Properties } from "../model/known.ts";
import { nearestClusters } from "../model/running.ts";
import type { StackResource } from "../model/stack-resource.ts";

type Provider = NonNullable<StackResource["provider"]>;

/** Whether two of Kubernetes' providers are of the same cluster; nothing where they do not say so. */
export function areOfOneCluster(
  one: Provider | undefined,
  other: Provider | undefined,
  stack: StackGraph,
): boolean | undefined {
  if ((one?.urn ?? "") === (other?.urn ?? "")) return true;
  const [mine, theirs] = [connectionOf(one, stack), connectionOf(other, stack)];
  if (isSame(mine, theirs)) return true;
  const [ours, others] = [clustersOf(one, stack), clustersOf(other, stack)];
  if (ours.length > 0 && others.length > 0) return ours.some((urn) => others.includes(urn));
  const values = (["kubeconfig", "context"] as const).map((key) => {
    const pair = [mine[key], theirs[key]];
    return pair.includes(UNKNOWN) || pair.includes(undefined) ? undefined : pair[0] !== pair[1];
  });
  return values.includes(true) ? false : undefined;
}

interface Connection {
  /** The servers that it names, or the whole text where it names none. */
  readonly kubeconfig: Known<string | undefined>;
  readonly context: Known<string | undefined>;
}

function isSame({ kubeconfig, context }: Connection, other: Connection): boolean {
  if (kubeconfig === UNKNOWN || kubeconfig !== other.kubeconfig) return false;
  return context === other.context || (kubeconfig !== undefined && /^https:\/\/\S+$/.test(kubeconfig));
}

function connectionOf(provider: Provider | undefined, stack: StackGraph): Connection {
  const props: Properties = (provider && (stack.byUrn(provider.urn)?.props ?? provider.props)) ?? {};
  const kubeconfig = read(() => text(props, "kubeconfig"));
  return {
    kubeconfig: kubeconfig === UNKNOWN || kubeconfig === undefined ? kubeconfig : serversIn(kubeconfig),
    context: read(() => text(props, "context")),
  };
}

/** Two kubeconfigs of one cluster may differ in their users and in their form: YAML or JSON. */
function serversIn(kubeconfig: string): string {
  const servers = [...kubeconfig.matchAll(/"?server"?\s*:\s*"?([^\s",}]+)/g)].map(([, server]) => server);
  return servers.length > 0 ? [...new Set(servers)].sort().join(" ") : kubeconfig;
}

function clustersOf(provider: Provider | undefined, stack: StackGraph): string[] {
  const resource = provider && stack.byUrn(provider.urn);
  return resource === undefined ? [] : nearestClusters(resource, stack).map(({ urn }) => urn);
}
