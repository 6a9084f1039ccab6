import { EncoderCluster, type ClusterMode, type EncoderClusterArgs } from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const pool = { name: "spot", machineType: "c3d-standard-16", maxNodes: 20 };
const good: EncoderClusterArgs = {
  projectId: "my-project",
  region: "us-central1",
  network: "projects/my-project/global/networks/encoders",
  subnet: {
    subnetwork: "projects/my-project/regions/us-central1/subnetworks/encoders",
    podRangeName: "pods",
    serviceRangeName: "services",
    controlPlaneRange: "10.0.32.0/28",
  },
  nodeTag: "encoders-nodes",
  encoderPools: [pool],
};

const cluster = (when: string, args: Partial<EncoderClusterArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new EncoderCluster("encoders", { ...good, ...args }),
  subject: 'EncoderCluster "encoders"',
  says,
});

export const encoderClusterRefusals: Refusal[] = [
  cluster(
    "a zone for a region",
    { region: "us-central1-a" },
    'region: given "us-central1-a"; allowed: a region in lower case: us-central1. ' +
      "Fix: write the region's name; clusters are regional, so that a zone can be lost",
  ),
  cluster(
    "names that Google would not take",
    { clusterName: "Encoders", nodeAccountId: "n" },
    'clusterName: given "Encoders"; allowed: 2 to 40 characters of a-z, 0-9 and -, starting with a letter, not ending with -. ' +
      "Reason: the cluster is named so. Fix: set clusterName",
    'nodeAccountId: given "n"; allowed: 6 to 30 characters of a-z, 0-9 and -, starting with a letter, not ending with -. ' +
      "Reason: it is the id of the nodes' service account. Fix: set nodeAccountId",
  ),
  cluster(
    "a pool in a zone of another region",
    { encoderPools: [{ ...pool, zones: ["us-central1-a", "us-east1-b"] }] },
    'encoderPools[0].zones[1]: given "us-east1-b"; allowed: zones of us-central1: "us-central1-a". ' +
      "Reason: a cluster's nodes are in its own region. Fix: name zones of that region; leave zones out where pools are " +
      "the same in two regions",
  ),
  cluster(
    "a cluster of an unknown mode",
    { mode: "SERVERLESS" as ClusterMode },
    'mode: given "SERVERLESS"; allowed: STANDARD, AUTOPILOT. Fix: use one of these',
  ),
  cluster(
    "node pools in Autopilot",
    { mode: "AUTOPILOT", systemPool: {} },
    "encoderPools: given encoderPools with mode AUTOPILOT; allowed: node pools with mode STANDARD only. " +
      "Reason: in Autopilot Google makes the nodes. Fix: leave it out, or choose the mode Standard",
    "systemPool: given systemPool with mode AUTOPILOT; allowed: node pools with mode STANDARD only. " +
      "Reason: in Autopilot Google makes the nodes. Fix: leave it out, or choose the mode Standard",
  ),
  cluster(
    "no pool for encoders",
    { encoderPools: [] },
    'encoderPools: given no pool; allowed: one pool or more. Fix: add one: { name: "spot", machineType: "c3d-standard-16", maxNodes: 20 }',
  ),
  cluster(
    "a pool that takes the name of the system pool, with fewer nodes at most than at least",
    { encoderPools: [{ ...pool, name: "system", minNodes: 30 }] },
    'encoderPools[0].name: given "system"; allowed: 1 to 20 characters of a-z, 0-9 and -, starting with a letter, not ending with -; not system. ' +
      "Fix: give the pool another name",
    "encoderPools[0].minNodes: given 30; allowed: at most maxNodes, 20. Fix: lower it, or raise maxNodes",
  ),
  cluster(
    "two pools of one name",
    { encoderPools: [pool, { ...pool, spot: false }] },
    'encoderPools[1].name: given "spot"; allowed: each name once. Fix: rename one of the pools',
  ),
  cluster(
    "a machine type that is none, and half a GPU",
    { encoderPools: [{ ...pool, machineType: "big", gpu: { type: "nvidia-l4", count: 0.5 } }] },
    "encoderPools[0].gpu.count: given 0.5; allowed: a whole number from 1 to 8. Fix: use a number in that range",
    'encoderPools[0].machineType: given "big"; allowed: a machine type: c3d-standard-16. Fix: write the type\'s name',
  ),
  cluster(
    "a notice of five minutes from nodes that nobody takes away, and gVisor on Arm",
    {
      encoderPools: [
        { ...pool, spot: false, spotNoticeSeconds: 300, machineType: "c4a-standard-16", gvisor: true },
      ],
    },
    "encoderPools[0].spotNoticeSeconds: given 300; allowed: a whole number from 30 to 120. Fix: use a number in that range",
    "encoderPools[0].spotNoticeSeconds: given 300; allowed: nothing. Reason: the pool is not Spot: its nodes wait for pods to end. Fix: leave it out, or set spot: true",
    "encoderPools[0].gvisor: given true with c4a-standard-16; allowed: gVisor on x86 machines. Reason: GKE Sandbox does not run on Arm. Fix: leave it out, or choose another machine type",
  ),
  cluster(
    "a maintenance window of three hours",
    {
      maintenanceWindow: {
        startTime: "2026-01-03T02:00:00Z",
        endTime: "2026-01-03T05:00:00Z",
        recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
      },
    },
    'maintenanceWindow.endTime: given "2026-01-03T05:00:00Z"; allowed: 4 hours or more after startTime, 2026-01-03T02:00:00Z. ' +
      "Fix: make the window longer",
  ),
  cluster(
    "a maintenance window in words",
    { maintenanceWindow: { startTime: "night", endTime: "2026-01-03T05:00:00Z", recurrence: "weekly" } },
    'maintenanceWindow.startTime: given "night"; allowed: a time in RFC 3339: 2026-01-03T02:00:00Z. Fix: write date, time and zone',
    'maintenanceWindow.recurrence: given "weekly"; allowed: a rule of RFC 5545: FREQ=WEEKLY;BYDAY=SA,SU. Fix: say how the window recurs',
  ),
  cluster(
    "a backup that is lost with its cluster",
    { backup: { region: "us-central1", schedule: "0 3 * * *" } },
    'backup.region: given "us-central1"; allowed: another region than the cluster\'s. ' +
      "Reason: a backup must survive the loss of its cluster. Fix: name the other region of the bucket's placement",
  ),
  cluster(
    "a backup at no time, kept for ever",
    { backup: { region: "us-east1", schedule: "daily", retainDays: 1000 } },
    "backup.retainDays: given 1000; allowed: a whole number from 1 to 365. Fix: use a number in that range",
    'backup.schedule: given "daily"; allowed: a cron expression of five fields: "0 3 * * *". Fix: write minute, hour, day, month and weekday',
  ),
];
