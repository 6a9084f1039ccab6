import * as gcp from "@pulumi/gcp";

const network = new gcp.compute.Network("lab", { autoCreateSubnetworks: true });

new gcp.compute.Firewall("lab-ssh", {
  network: network.selfLink,
  allows: [{ protocol: "tcp", ports: ["22", "80"] }],
  sourceRanges: ["0.0.0.0/0"],
});

const address = new gcp.compute.Address("lab");
// The plain form of a lookup, and what a program does with its answer.
const image = gcp.compute.getImage({ family: "debian-12", project: "debian-cloud" });
const zone = gcp.compute.getZones().then((zones) => zones.names[0] as string);

const instance = new gcp.compute.Instance(
  "lab",
  {
    zone,
    machineType: "e2-micro",
    metadataStartupScript: "#!/bin/sh\napt-get install --yes nginx",
    bootDisk: { initializeParams: { image: image.then((found) => found.selfLink) } },
    networkInterfaces: [{ network: network.id, accessConfigs: [{ natIp: address.address }] }],
    serviceAccount: { scopes: ["https://www.googleapis.com/auth/cloud-platform"] },
    tags: ["lab"],
  },
  { dependsOn: [network], deleteBeforeReplace: true },
);

new gcp.compute.ResourcePolicy("nightly", {
  snapshotSchedulePolicy: { schedule: { dailySchedule: { daysInCycle: 1, startTime: "04:00" } } },
});

export const instanceIp = instance.networkInterfaces.apply((all) => all[0]?.accessConfigs?.[0]?.natIp);
