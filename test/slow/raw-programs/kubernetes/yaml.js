import * as k8s from "@pulumi/kubernetes";

new k8s.yaml.ConfigFile("queue", {
  file: "manifests/queue.yaml",
  transformations: [
    (object) => {
      if (object.kind === "Service") object.spec.type = "LoadBalancer";
    },
  ],
});

new k8s.yaml.ConfigGroup("quota", {
  yaml: ["apiVersion: v1\nkind: ResourceQuota\nmetadata:\n  name: quota\nspec:\n  hard:\n    pods: 20\n"],
  objs: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "tenants" } }],
});
