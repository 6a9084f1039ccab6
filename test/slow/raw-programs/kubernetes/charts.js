import * as k8s from "@pulumi/kubernetes";

const ingress = new k8s.helm.v3.Chart("ingress", {
  chart: "ingress-nginx",
  version: "4.13.0",
  fetchOpts: { repo: "https://kubernetes.github.io/ingress-nginx", password: "not-to-be-shown" },
  values: { controller: { replicaCount: 2 } },
});
const certificates = new k8s.helm.v4.Chart("certificates", {
  chart: "oci://quay.io/jetstack/charts/cert-manager",
  version: "1.19.0",
  values: { crds: { enabled: true } },
});
const prometheus = new k8s.helm.v3.Release("prometheus", {
  chart: "prometheus",
  repositoryOpts: { repo: "https://prometheus-community.github.io/helm-charts" },
  dependencyUpdate: true,
  maxHistory: 3,
  values: { server: { persistentVolume: { enabled: false } } },
});

export const service = ingress.getResourceProperty(
  "v1/Service",
  "ingress-ingress-nginx-controller",
  "status",
);
export const declared = certificates.resources;
export const release = prometheus.status.namespace;
