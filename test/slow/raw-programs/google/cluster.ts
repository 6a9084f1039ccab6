import * as gcp from "@pulumi/gcp";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const versions = gcp.container.getEngineVersions({ location: "us-central1-a" });

const cluster = new gcp.container.Cluster("apps", {
  location: "us-central1-a",
  initialNodeCount: 2,
  minMasterVersion: versions.then((found) => found.latestMasterVersion),
  nodeConfig: {
    machineType: "e2-standard-2",
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
  },
});

const kubeconfig = pulumi
  .all([cluster.name, cluster.endpoint, cluster.masterAuth])
  .apply(([name, endpoint, auth]) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name,
          cluster: {
            server: `https://${endpoint}`,
            "certificate-authority-data": auth.clusterCaCertificate,
          },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
      users: [{ name, user: { exec: { command: "gke-gcloud-auth-plugin" } } }],
    }),
  );
const provider = new k8s.Provider("apps", { kubeconfig });

const labels = { app: "canary" };
const namespace = new k8s.core.v1.Namespace("apps", {}, { provider });
const deployment = new k8s.apps.v1.Deployment(
  "canary",
  {
    metadata: { namespace: namespace.metadata.name, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { hostNetwork: true, containers: [{ name: "canary", image: "nginx:1.29" }] },
      },
    },
  },
  { provider },
);
new k8s.batch.v1.CronJob(
  "sweep",
  {
    metadata: { namespace: namespace.metadata.name },
    spec: {
      schedule: "0 3 * * *",
      jobTemplate: {
        spec: {
          template: {
            spec: { restartPolicy: "Never", containers: [{ name: "sweep", image: "busybox:1.37" }] },
          },
        },
      },
    },
  },
  { provider, dependsOn: [deployment] },
);
const service = new k8s.core.v1.Service(
  "canary",
  {
    metadata: { namespace: namespace.metadata.name },
    spec: { type: "LoadBalancer", selector: labels, ports: [{ port: 80 }] },
  },
  { provider },
);

new k8s.yaml.v2.ConfigGroup(
  "probe",
  {
    yaml: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: probe\nspec:\n  containers: [{ name: probe, image: busybox }]\n",
  },
  { provider },
);

export const canaryIp = service.status.loadBalancer.apply((balancer) => balancer.ingress[0]?.ip);
