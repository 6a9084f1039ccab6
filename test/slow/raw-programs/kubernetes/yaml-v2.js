import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const file = new k8s.yaml.v2.ConfigFile("ingest", { file: "./manifests/ingest.yaml", resourcePrefix: "" });

const group = new k8s.yaml.v2.ConfigGroup(
  "edge",
  {
    files: ["manifests/edge-*.yaml"],
    yaml: `
apiVersion: v1
kind: Secret
metadata:
  name: edge
stringData:
  password: not-to-be-shown
---
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ServiceAccount
    metadata: { name: edge, namespace: web }
`,
  },
  { dependsOn: [file] },
);

// Only an update knows this text.
const made = new k8s.core.v1.ConfigMap("made", { data: {} });
new k8s.yaml.v2.ConfigGroup("later", {
  yaml: pulumi.interpolate`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x-${made.metadata.uid}`,
});

export const edge = group.resources;
