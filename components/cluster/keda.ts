import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { problems, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import { dependingOn } from "../kubernetes/dependencies.ts";
import { kubernetesNameProblems } from "../kubernetes/kubernetes-name.ts";
import { apiServerRangeProblems } from "../kubernetes/ranges.ts";
import { apiServerBlocks } from "../kubernetes/network-rules.ts";
import { RESTRICTED_NAMESPACE_LABELS } from "../kubernetes/pod-security.ts";
import type { KedaResources } from "./cluster-resources.ts";
import { madeResources } from "../properties/made-resources.ts";
import { kedaValues, type ServiceAccountName } from "./keda-values.ts";

/** Arguments of {@link Keda}. */
export interface KedaArgs {
  /**
   * Version of chart and KEDA, 2.20.2 or later: earlier ones reject scaling strategies that our pools use, or miss
   * permissions (kedacore/keda#7855, #7922).
   * @default "2.20.2"
   */
  readonly chartVersion?: string;
  /** An existing namespace. @default one is made */
  readonly namespace?: pulumi.Input<string>;
  /** Name of the namespace that is made where none is given. @default "keda" */
  readonly namespaceName?: string;
  /**
   * The namespaces that KEDA has to do with, and has any rights in: those of its resources, and those of the coordinators
   * whose queues it reads. They have to exist before: put them into `dependsOn`.
   * @default all
   */
  readonly watchedNamespaces?: string[];
  /**
   * Service accounts for which KEDA may make short-lived tokens, to read a queue's length with. Their namespaces have
   * to exist before: put them into `dependsOn`. Give those accounts no other permission.
   * @default none
   */
  readonly tokensFor?: ServiceAccountName[];
  /**
   * Host, and path if any, of a mirror of KEDA's images: a network without a way to the internet needs one, such as a
   * remote repository of Artifact Registry: `us-docker.pkg.dev/my-project/ghcr`.
   * @default where the chart says
   */
  readonly imageRegistry?: string;
  /** Address of the chart's repository, for a mirror. @default KEDA's own */
  readonly chartRepository?: pulumi.Input<string>;
  /** Replicas of operator, metrics server and webhook, 1 to 5. One works, the others stand by. @default 2 */
  readonly replicas?: number;
  /** Keeps KEDA on the system pool of an {@link EncoderCluster} in Standard mode. @default false */
  readonly onSystemPool?: boolean;
  /**
   * Range of the API server's addresses, CIDR notation: those of the endpoints of the Service `kubernetes`. KEDA reaches it
   * there at ports 443 and 6443, and is called from there. @default private addresses
   */
  readonly apiServerRange?: pulumi.Input<string>;
  /** Name of an existing PriorityClass. @default the cluster's default */
  readonly priorityClassName?: pulumi.Input<string>;
}

const OLDEST_VERSION = [2, 20, 2] as const;
const CHART_REPOSITORY = "https://kedacore.github.io/charts";

/**
 * An upgrade that fails, times out or is cancelled is rolled back, so that the next one can start. A killed process
 * rolls nothing back: docs/runbooks/keda-upgrade.md. Ten minutes are enough for new nodes. Each revision is a Secret.
 */
const UNDONE_ON_FAILURE = { atomic: true, cleanupOnFail: true, timeout: 600, maxHistory: 10 } as const;

const made = madeResources<KedaResources>();

/**
 * KEDA, which scales encoders with the queue, on any Kubernetes. Resources of its kinds, such as ScaledObjects, must
 * depend on this component. They are then created after it and deleted before it, while KEDA can still remove their
 * finalizers.
 */
export class Keda extends pulumi.ComponentResource {
  /** The namespace that it runs in. */
  readonly namespace: pulumi.Output<string>;
  /** Version that was asked for. */
  readonly chartVersion: pulumi.Output<string>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): KedaResources {
    return made.of(this);
  }

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: KedaArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const found = problems();
    found.addAll(kedaProblems(args));
    found.throwIfAny(`Keda ${shown(name)}`);
    super("mpegflow-gcs:index:Keda", name, args, opts);

    const parent = { parent: this };
    const { own, namespace } = namespaceOf(name, args, this);
    const calls = fromApiServer(name, namespace, args.apiServerRange, this);
    const release = new kubernetes.helm.v3.Release(
      name,
      {
        chart: "keda",
        version: args.chartVersion ?? OLDEST_VERSION.join("."),
        repositoryOpts: { repo: args.chartRepository ?? CHART_REPOSITORY },
        namespace,
        // The chart's service accounts and API service have fixed names: a second release could not stand beside it.
        name: "keda",
        ...UNDONE_ON_FAILURE,
        values: kedaValues({
          watchedNamespaces: args.watchedNamespaces ?? [],
          tokensFor: args.tokensFor ?? [],
          imageRegistry: args.imageRegistry,
          replicas: args.replicas ?? 2,
          onSystemPool: args.onSystemPool ?? false,
          apiServerRange: args.apiServerRange,
          priorityClassName: args.priorityClassName,
        }),
      },
      // The API server calls the webhook as soon as it is registered.
      { ...parent, dependsOn: dependingOn(opts?.dependsOn, calls) },
    );

    made.keep(this, { namespace: own, release, networkPolicy: calls });

    this.namespace = release.namespace;
    this.chartVersion = release.version;
    this.registerOutputs({ namespace: this.namespace, chartVersion: this.chartVersion });
  }
}

/** The namespace that is given, or one of the component's own. */
function namespaceOf(
  name: string,
  args: KedaArgs,
  parent: pulumi.Resource,
): { readonly own: kubernetes.core.v1.Namespace | undefined; readonly namespace: pulumi.Input<string> } {
  if (args.namespace !== undefined) return { own: undefined, namespace: args.namespace };
  const own = new kubernetes.core.v1.Namespace(
    name,
    { metadata: { name: args.namespaceName ?? "keda", labels: { ...RESTRICTED_NAMESPACE_LABELS } } },
    { parent },
  );
  return { own, namespace: own.metadata.name };
}

/** Programs that the API server calls, and their ports: the metrics API and the admission webhook. */
const CALLED = ["keda-operator-metrics-apiserver", "keda-admission-webhooks"];
const CALLED_PORTS = [6443, 9443];

/**
 * Lets the API server in, which is no pod; the chart's own policies let in pods alone. Both programs know it by its
 * certificate.
 */
function fromApiServer(
  name: string,
  namespace: pulumi.Input<string>,
  range: pulumi.Input<string> | undefined,
  parent: pulumi.Resource,
): kubernetes.networking.v1.NetworkPolicy {
  return new kubernetes.networking.v1.NetworkPolicy(
    `${name}-api-server`,
    {
      metadata: { name: "keda-api-server", namespace },
      spec: {
        podSelector: { matchExpressions: [{ key: "app", operator: "In", values: CALLED }] },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: apiServerBlocks(range),
            ports: CALLED_PORTS.map((port) => ({ protocol: "TCP", port })),
          },
        ],
      },
    },
    { parent },
  );
}

/** Problems of the arguments, as far as they are known in advance. */
export function kedaProblems(args: KedaArgs): Problem[] {
  const {
    chartVersion,
    tokensFor = [],
    watchedNamespaces = [],
    replicas = 2,
    apiServerRange,
    namespaceName,
  } = args;
  return [
    ...(chartVersion === undefined ? [] : versionProblems(chartVersion)),
    ...tokensFor.flatMap((account, index) => accountProblems(account, `tokensFor[${index}]`)),
    ...(namespaceName === undefined ? [] : kubernetesNameProblems("namespaceName", namespaceName)),
    ...watchedNamespaces.flatMap((one, index) => kubernetesNameProblems(`watchedNamespaces[${index}]`, one)),
    ...wholeNumberProblems("replicas", replicas, { min: 1, max: 5 }),
    ...apiServerRangeProblems("apiServerRange", apiServerRange),
  ];
}

function versionProblems(version: string): Problem[] {
  const [, ...parts] = /^(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  const oldest = OLDEST_VERSION.join(".");
  const difference = OLDEST_VERSION.map((least, index) => Number(parts[index]) - least).find(
    (one) => one !== 0,
  );
  if (parts.length === OLDEST_VERSION.length && (difference === undefined || difference > 0)) return [];
  return [
    {
      path: "chartVersion",
      given: shown(version),
      allowed: `a version from ${oldest} on`,
      because:
        "earlier ones reject scaling strategies or miss permissions (kedacore/keda#7855, kedacore/keda#7922).",
      fix: `use ${oldest} or later`,
    },
  ];
}

function accountProblems({ namespace, name }: ServiceAccountName, path: string): Problem[] {
  return [
    ...kubernetesNameProblems(`${path}.namespace`, namespace),
    ...kubernetesNameProblems(`${path}.name`, name),
  ];
}
