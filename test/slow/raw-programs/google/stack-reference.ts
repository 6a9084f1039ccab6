import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

// A stack of somebody else's, which is nowhere near this computer.
const shared = new pulumi.StackReference(`acme/network/${pulumi.getStack()}`);
const network = shared.requireOutput("networkId");
const subnets = shared.getOutput("subnetIds") as pulumi.Output<string[]>;

const router = new gcp.compute.Router("egress", { network, region: "us-central1" });
new gcp.compute.RouterNat("egress", {
  router: router.name,
  region: "us-central1",
  natIpAllocateOption: "AUTO_ONLY",
  sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
  subnetworks: subnets.apply((ids) => ids.map((name) => ({ name, sourceIpRangesToNats: ["ALL_IP_RANGES"] }))),
});

export const egressNetwork = network;
