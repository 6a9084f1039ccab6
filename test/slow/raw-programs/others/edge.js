import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { resourceOf } from "./sdk.js";

const Record = resourceOf("cloudflare:index/dnsRecord:DnsRecord", "6.10.0");
const Service = resourceOf("fastly:index/serviceVcl:ServiceVcl", "10.1.0");

const zone = pulumi.runtime.invokeOutput(
  "cloudflare:index/getZone:getZone",
  { filter: { name: "example.com" } },
  { version: "6.10.0" },
);
const address = new gcp.compute.GlobalAddress("edge");
new Record("www", {
  zoneId: zone.apply(({ id }) => id),
  name: "www",
  type: "A",
  content: address.address,
  proxied: true,
  ttl: 1,
});
const origin = new gcp.storage.Bucket("origin", { location: "EU" });
new Service("www", {
  domains: [{ name: "www.example.com" }],
  backends: [{ address: origin.url, name: "origin" }],
});
