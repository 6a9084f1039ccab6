import { projectId } from "../local-cloud.ts";
import type { Example } from "./example.ts";

const network = `projects/${projectId}/global/networks/encoders`;
const selfLink = (path: string) => `https://www.googleapis.com/compute/v1/projects/${projectId}/${path}`;

/** In the order of their dependencies. */
export const networkExamples: Example[] = [
  {
    type: "gcp:compute/network:Network",
    inputs: { name: "encoders", autoCreateSubnetworks: false, deleteDefaultRoutesOnCreate: true },
    update: { routingMode: "GLOBAL" },
    id: network,
    outputs: { mtu: 1460, routingMode: "REGIONAL", selfLink: selfLink("global/networks/encoders") },
  },
  {
    type: "gcp:compute/subnetwork:Subnetwork",
    inputs: {
      name: "encoders-central",
      network,
      region: "us-central1",
      ipCidrRange: "10.0.0.0/20",
      privateIpGoogleAccess: true,
      secondaryIpRanges: [{ rangeName: "pods", ipCidrRange: "10.64.0.0/14" }],
    },
    update: { logConfig: { flowSampling: 0.1 } },
    id: `projects/${projectId}/regions/us-central1/subnetworks/encoders-central`,
    outputs: {
      network: selfLink("global/networks/encoders"),
      selfLink: selfLink("regions/us-central1/subnetworks/encoders-central"),
      stackType: "IPV4_ONLY",
    },
  },
  {
    type: "gcp:compute/route:Route",
    inputs: {
      name: "apis",
      network,
      destRange: "199.36.153.4/30",
      nextHopGateway: "default-internet-gateway",
    },
    id: `projects/${projectId}/global/routes/apis`,
    outputs: { priority: 1000 },
  },
  {
    type: "gcp:compute/firewall:Firewall",
    inputs: {
      name: "keda",
      network,
      direction: "INGRESS",
      sourceRanges: ["10.0.32.0/28"],
      targetTags: ["nodes"],
      allows: [{ protocol: "tcp", ports: ["6443", "9443"] }],
    },
    update: { sourceRanges: ["10.1.32.0/28", "10.0.32.0/28"] },
    id: `projects/${projectId}/global/firewalls/keda`,
    outputs: { priority: 1000, direction: "INGRESS" },
  },
  {
    type: "gcp:compute/router:Router",
    inputs: { name: "central", network, region: "us-central1" },
    update: { description: "for Cloud NAT" },
    id: `projects/${projectId}/regions/us-central1/routers/central`,
    outputs: { network: selfLink("global/networks/encoders") },
  },
  {
    type: "gcp:compute/routerNat:RouterNat",
    inputs: {
      name: "central",
      router: "central",
      region: "us-central1",
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
    },
    update: { logConfig: { enable: true, filter: "ERRORS_ONLY" } },
    id: `projects/${projectId}/regions/us-central1/routers/central/central`,
    outputs: { project: projectId },
  },
  {
    type: "gcp:dns/managedZone:ManagedZone",
    inputs: {
      name: "googleapis",
      dnsName: "googleapis.com.",
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: network }] },
    },
    update: { description: "names of Google's APIs" },
    id: `projects/${projectId}/managedZones/googleapis`,
    outputs: { forceDestroy: false },
  },
  {
    type: "gcp:dns/recordSet:RecordSet",
    inputs: {
      managedZone: "googleapis",
      name: "restricted.googleapis.com.",
      type: "A",
      ttl: 300,
      rrdatas: ["199.36.153.4", "199.36.153.5"],
    },
    update: { ttl: 60 },
    another: { managedZone: "googleapis", name: "own.googleapis.com.", type: "A", rrdatas: ["199.36.153.8"] },
    id: `projects/${projectId}/managedZones/googleapis/rrsets/restricted.googleapis.com./A`,
    outputs: { project: projectId },
  },
];
