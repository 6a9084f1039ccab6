"use strict";
const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");

const image = pulumi.output(
  aws.ec2.getAmi({
    mostRecent: true,
    owners: ["137112412989"],
    filters: [{ name: "name", values: ["al2023-ami-*-x86_64"] }],
  }),
);
const zones = aws.getAvailabilityZones({ state: "available" });
const vpc = new aws.ec2.Vpc("web", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const subnets = [0, 1].map(
  (index) =>
    new aws.ec2.Subnet(`web-${index}`, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${index}.0/24`,
      availabilityZone: zones.then(({ names }) => names[index]),
    }),
);
const group = new aws.ec2.SecurityGroup("web", {
  vpcId: vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["0.0.0.0/0"] }],
});
const server = new aws.ec2.Instance("web", {
  ami: image.id,
  instanceType: aws.ec2.InstanceType.T3_Micro,
  subnetId: subnets[0].id,
  vpcSecurityGroupIds: [group.id],
});

exports.publicHostName = server.publicDns;
