import * as k8s from "@pulumi/kubernetes";

const definition = new k8s.apiextensions.v1.CustomResourceDefinition("renders", {
  metadata: { name: "renders.studio.example.com" },
  spec: {
    group: "studio.example.com",
    names: { plural: "renders", singular: "render", kind: "Render" },
    scope: "Namespaced",
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
  },
});
new k8s.apiextensions.CustomResource(
  "teaser",
  {
    apiVersion: "studio.example.com/v1",
    kind: "Render",
    metadata: { namespace: "web" },
    spec: { source: "teaser.mov" },
  },
  { dependsOn: definition },
);
new k8s.apiextensions.CustomResource("site", {
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  metadata: { name: "site" },
  spec: { secretName: "site-tls", dnsNames: ["www.example.com"], issuerRef: { name: "letsencrypt" } },
});
