import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { problems, shown, requireArguments } from "../validation/index.ts";
import { ClusterMode, type ClusterBackup, type EncoderClusterArgs } from "./encoder-cluster-args.ts";
import { clusterNames, encoderClusterProblems } from "./encoder-cluster-checks.ts";
import type { EncoderClusterResources } from "./cluster-resources.ts";
import { clusterArgs } from "./control-plane.ts";
import { madeResources } from "../properties/made-resources.ts";
import { contextName, kubeconfigOf } from "./kubeconfig.ts";
import { imageRepositoryWarnings } from "./image-repositories.ts";
import { nodeAccount } from "./node-account.ts";
import { encoderPoolArgs, SYSTEM_POOL, systemPoolArgs } from "./node-pools.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const made = madeResources<EncoderClusterResources>();

/**
 * A regional GKE cluster for coordinators and encoders: private nodes, a control plane that is reached by its DNS
 * endpoint alone, Workload Identity Federation, Dataplane V2, and nodes that can pull images and write logs and
 * nothing else.
 */
export class EncoderCluster extends pulumi.ComponentResource {
  /** The cluster's name. */
  readonly clusterName: pulumi.Output<string>;
  /** `projects/P/locations/L/clusters/C`. */
  readonly clusterId: pulumi.Output<string>;
  /** The region. */
  readonly region: pulumi.Output<string>;
  /** Workload Identity pool, `P.svc.id.goog`; it is there once this is known. */
  readonly workloadPool: pulumi.Output<string>;
  /** E-mail address of the nodes' service account. */
  readonly nodeServiceAccountEmail: pulumi.Output<string>;
  /** Kubeconfig for the DNS endpoint, a secret. It needs `gke-gcloud-auth-plugin` where it is used. */
  readonly kubeconfig: pulumi.Output<string>;

  /** Provider of the cluster, usable once its nodes are declared. For programs in TypeScript; others make one of the kubeconfig. */
  get provider(): kubernetes.Provider {
    return made.of(this).provider;
  }

  /** The resources that it made, for programs in TypeScript. */
  get resources(): EncoderClusterResources {
    return made.of(this);
  }

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: EncoderClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`EncoderCluster ${shown(name)}`, args, {
      projectId: "value",
      region: "value",
      network: "value",
      subnet: "value",
      nodeTag: "value",
    });
    const found = problems();
    found.addAll(encoderClusterProblems(name, args));
    found.throwIfAny(`EncoderCluster ${shown(name)}`);
    super("mpegflow-gcs:index:EncoderCluster", name, args, opts);

    const { clusterName, nodeAccountId } = clusterNames(name, args);
    const imageRepositories = args.imageRepositories ?? [];
    for (const warning of imageRepositoryWarnings("imageRepositories", args.projectId, imageRepositories)) {
      void pulumi.log.warn(warning, this);
    }
    const disposable = args.disposable ?? false;
    const { account, nodeGrant, imageGrants } = nodeAccount(
      name,
      { projectId: args.projectId, accountId: nodeAccountId, imageRepositories },
      this,
    );
    const cluster = new gcp.container.Cluster(
      name,
      { name: clusterName, ...clusterArgs(args, account.email) },
      { parent: this, protect: opts?.protect ?? !disposable, dependsOn: [nodeGrant, ...imageGrants] },
    );
    const nodePools = args.mode === ClusterMode.Autopilot ? [] : poolsOf(name, args, cluster, account, this);
    const backupPlan = args.backup && backupOf(name, args, args.backup, cluster, this);

    const endpoint = cluster.controlPlaneEndpointsConfig.apply(
      ({ dnsEndpointConfig }) => dnsEndpointConfig.endpoint,
    );
    this.clusterName = cluster.name;
    this.clusterId = cluster.id;
    this.region = cluster.location;
    this.workloadPool = cluster.id.apply(() => `${args.projectId}.svc.id.goog`);
    this.nodeServiceAccountEmail = account.email;
    this.kubeconfig = pulumi.secret(
      pulumi
        .all([cluster.name, endpoint])
        .apply(([clusterName, host]) =>
          kubeconfigOf(contextName(args.projectId, args.region, clusterName), host),
        ),
    );
    const provider = new kubernetes.Provider(
      name,
      { kubeconfig: this.kubeconfig },
      { parent: this, dependsOn: nodePools.map(([, pool]) => pool) },
    );
    made.keep(this, {
      cluster,
      nodePools: Object.fromEntries(nodePools),
      nodeAccount: account,
      nodeGrant,
      imageGrants,
      backupPlan,
      provider,
    });
    this.registerOutputs({
      clusterName: this.clusterName,
      clusterId: this.clusterId,
      region: this.region,
      workloadPool: this.workloadPool,
      nodeServiceAccountEmail: this.nodeServiceAccountEmail,
      kubeconfig: this.kubeconfig,
      provider,
    });
  }
}

function poolsOf(
  name: string,
  args: EncoderClusterArgs,
  cluster: gcp.container.Cluster,
  account: { readonly email: pulumi.Output<string> },
  parent: pulumi.Resource,
): (readonly [string, gcp.container.NodePool])[] {
  const surroundings = {
    projectId: args.projectId,
    region: args.region,
    cluster: cluster.id,
    nodeAccountEmail: account.email,
    nodeTag: args.nodeTag,
    labels: args.labels ?? {},
    disposable: args.disposable ?? false,
  };
  // Names are the pools' own inside their cluster: two cannot stand side by side under one.
  const opts = { parent, deleteBeforeReplace: true };
  const pool = (poolName: string, poolArgs: gcp.container.NodePoolArgs) =>
    [
      poolName,
      new gcp.container.NodePool(`${name}-${poolName}`, { name: poolName, ...poolArgs }, opts),
    ] as const;
  return [
    pool(SYSTEM_POOL, systemPoolArgs(surroundings, args.systemPool ?? {})),
    ...(args.encoderPools ?? []).map((one) => pool(one.name, encoderPoolArgs(surroundings, one))),
  ];
}

function backupOf(
  name: string,
  args: EncoderClusterArgs,
  { region, schedule, retainDays = 14 }: ClusterBackup,
  cluster: gcp.container.Cluster,
  parent: pulumi.Resource,
): gcp.gkebackup.BackupPlan {
  const disposable = args.disposable ?? false;
  return new gcp.gkebackup.BackupPlan(
    `${name}-backup`,
    {
      project: args.projectId,
      location: region,
      cluster: cluster.id,
      backupConfig: { allNamespaces: true, includeSecrets: false, includeVolumeData: false },
      backupSchedule: { cronSchedule: schedule },
      retentionPolicy: { backupRetainDays: retainDays },
      ...withoutUndefined({ labels: args.labels }),
      deletionPolicy: disposable ? "DELETE" : "PREVENT",
    },
    { parent, protect: !disposable },
  );
}
