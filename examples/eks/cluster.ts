import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Label and taint of the nodes of encoders. */
export const ENCODERS = { key: "mpegflow-pool", value: "spot" };

const assumedBy = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

function roleFor(name: string, service: string, policies: readonly string[]) {
  const role = new aws.iam.Role(name, { assumeRolePolicy: assumedBy(service) });
  const attached = policies.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(`${name}-${policy}`, {
        role: role.name,
        policyArn: `arn:aws:iam::aws:policy/${policy}`,
      }),
  );
  return { role, attached };
}

/** A cluster with nodes for coordinators and KEDA, and Spot nodes for encoders, in subnets that are there. */
export function eksCluster(name: string, args: { region: string; subnetIds: string[] }) {
  const control = roleFor(`${name}-control`, "eks.amazonaws.com", ["AmazonEKSClusterPolicy"]);
  const node = roleFor(`${name}-node`, "ec2.amazonaws.com", [
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryPullOnly",
  ]);
  const cluster = new aws.eks.Cluster(
    name,
    {
      roleArn: control.role.arn,
      accessConfig: { authenticationMode: "API" },
      vpcConfig: { subnetIds: args.subnetIds, endpointPrivateAccess: true, endpointPublicAccess: true },
    },
    { dependsOn: control.attached },
  );
  // The network add-on enforces network policies only where it is told to.
  const network = new aws.eks.Addon(`${name}-network`, {
    clusterName: cluster.name,
    addonName: "vpc-cni",
    configurationValues: JSON.stringify({ enableNetworkPolicy: "true" }),
  });
  const nodes = { clusterName: cluster.name, nodeRoleArn: node.role.arn, subnetIds: args.subnetIds };
  const opts = { dependsOn: [...node.attached, network] };
  const pools = [
    new aws.eks.NodeGroup(
      `${name}-system`,
      { ...nodes, instanceTypes: ["m7i.xlarge"], scalingConfig: { minSize: 2, desiredSize: 2, maxSize: 4 } },
      opts,
    ),
    new aws.eks.NodeGroup(
      `${name}-encoders`,
      {
        ...nodes,
        capacityType: "SPOT",
        instanceTypes: ["c7i.4xlarge", "c7a.4xlarge"],
        labels: { [ENCODERS.key]: ENCODERS.value },
        taints: [{ ...ENCODERS, effect: "NO_SCHEDULE" }],
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 20 },
      },
      opts,
    ),
  ];
  const provider = new kubernetes.Provider(
    name,
    { kubeconfig: kubeconfigOf(cluster, args.region) },
    { dependsOn: pools },
  );
  return { provider, issuer: cluster.identities.apply(([identity]) => identity?.oidcs[0]?.issuer ?? "") };
}

/** Holds no credential: the AWS CLI brings the caller's own. */
function kubeconfigOf(cluster: aws.eks.Cluster, region: string): pulumi.Output<string> {
  return pulumi
    .all([cluster.name, cluster.endpoint, cluster.certificateAuthority])
    .apply(([name, server, { data }]) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": name,
        clusters: [{ name, cluster: { server, "certificate-authority-data": data } }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        users: [
          {
            name,
            user: {
              exec: {
                apiVersion: "client.authentication.k8s.io/v1beta1",
                command: "aws",
                args: ["eks", "get-token", "--region", region, "--cluster-name", name],
              },
            },
          },
        ],
      }),
    );
}
