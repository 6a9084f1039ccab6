import * as gcp from "@pulumi/gcp";
import { componentOf } from "./sdk.js";

const Vpc = componentOf("awsx:ec2:Vpc", "3.0.0");
const Cluster = componentOf("eks:index:Cluster", "4.0.1");

const vpc = new Vpc("main", { cidrBlock: "10.1.0.0/16" });
const cluster = new Cluster("main", { vpcId: vpc.outputs, instanceType: "t3.medium" }, { dependsOn: vpc });
new gcp.secretmanager.Secret(
  "kubeconfig",
  { secretId: "kubeconfig", replication: { auto: {} } },
  { dependsOn: cluster },
);
