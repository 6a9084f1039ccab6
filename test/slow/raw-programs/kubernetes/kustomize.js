import * as k8s from "@pulumi/kubernetes";

new k8s.kustomize.Directory("first", { directory: "./manifests/overlay" });
const second = new k8s.kustomize.v2.Directory("second", {
  directory: "./manifests/overlay",
  namespace: "web",
});

export const kustomized = second.resources;
