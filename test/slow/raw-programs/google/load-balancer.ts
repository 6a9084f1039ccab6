import * as gcp from "@pulumi/gcp";

const bucket = new gcp.storage.Bucket("static", { location: "US" });
const backend = new gcp.compute.BackendBucket("static", { bucketName: bucket.name, enableCdn: true });
const group = new gcp.compute.RegionNetworkEndpointGroup("api", {
  region: "us-central1",
  networkEndpointType: "SERVERLESS",
  cloudRun: { service: "api" },
});
const armour = new gcp.compute.SecurityPolicy("api", {
  rules: [
    {
      action: "allow",
      priority: 2147483647,
      match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } },
      description: "default rule",
    },
  ],
});
const api = new gcp.compute.BackendService("api", {
  loadBalancingScheme: "EXTERNAL_MANAGED",
  backends: [{ group: group.id }],
  securityPolicy: armour.id,
});
const map = new gcp.compute.URLMap("front", {
  defaultService: backend.id,
  hostRules: [{ hosts: ["api.example.com"], pathMatcher: "api" }],
  pathMatchers: [{ name: "api", defaultService: api.id }],
});
const certificate = new gcp.compute.ManagedSslCertificate("front", {
  managed: { domains: ["api.example.com"] },
});
const proxy = new gcp.compute.TargetHttpsProxy("front", {
  urlMap: map.selfLink,
  sslCertificates: [certificate.id],
});
const address = new gcp.compute.GlobalAddress("front");
new gcp.compute.GlobalForwardingRule("front", {
  target: proxy.selfLink,
  portRange: "443",
  ipAddress: address.address,
  loadBalancingScheme: "EXTERNAL_MANAGED",
});
const zone = new gcp.dns.ManagedZone("front", { dnsName: "example.com." });
new gcp.dns.RecordSet("front", {
  managedZone: zone.name,
  name: "api.example.com.",
  type: "A",
  ttl: 300,
  rrdatas: [address.address],
});
