import { describe, expect, test } from "vitest";
import {
  AuditTrail,
  BrokerIdentity,
  CdnDelivery,
  EncoderCluster,
  Encryption,
  JobMessaging,
  MediaBucket,
  predefined,
} from "../../../components/index.ts";
import { Images } from "../../../components/images/index.ts";
import { platformOfOwnClusters } from "../platform/world.ts";

const project = { projectId: "my-project", projectNumber: "123456789012" };
const regions = ["us-central1", "us-east1"];
const placement = predefined("NAM4");
const coordinatorPrincipals = ["principal://coordinator"];
type Labels = Record<string, string>;

/** Every component whose resources carry labels, and how many of a resource's 64 it leaves to its user. */
const components: Record<string, [most: number, make: (labels: Labels) => unknown]> = {
  MediaBucket: [
    62,
    (labels) => new MediaBucket("media", { ...project, placement, accessPattern: "SingleWriter", labels }),
  ],
  AuditTrail: [
    62,
    (labels) =>
      new AuditTrail("audit", { ...project, placement, bucketNames: ["media"], signerEmails: [], labels }),
  ],
  BrokerIdentity: [
    63,
    (labels) =>
      new BrokerIdentity("broker", { ...project, bucket: "media", regions, coordinatorPrincipals, labels }),
  ],
  CdnDelivery: [
    63,
    (labels) =>
      new CdnDelivery("cdn", {
        ...project,
        bucket: "media",
        domains: ["media.example.com"],
        regions,
        labels,
      }),
  ],
  EncoderCluster: [
    63,
    (labels) =>
      new EncoderCluster("encoders", {
        ...project,
        region: "us-central1",
        network: "network",
        subnet: {
          subnetwork: "subnet",
          podRangeName: "pods",
          serviceRangeName: "services",
          controlPlaneRange: "10.0.32.0/28",
        },
        nodeTag: "nodes",
        encoderPools: [{ name: "spot", machineType: "c3d-standard-16", maxNodes: 20 }],
        labels,
      }),
  ],
  Encryption: [63, (labels) => new Encryption("key", { ...project, placement, labels })],
  Images: [
    63,
    (labels) => new Images("images", { ...project, location: "us", source: ".", tag: "1", labels }),
  ],
  JobMessaging: [
    63,
    (labels) => new JobMessaging("jobs", { ...project, regions, coordinatorPrincipals, labels }),
  ],
  MpegFlowPlatform: [
    62,
    (labels) => platformOfOwnClusters({ mode: "AUTOPILOT" }, regions, { labels, encryption: {} }),
  ],
};

const labelled = (count: number): Labels =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, "x"]));

describe.each(Object.entries(components))("%s", (_, [most, make]) => {
  test("refuses more labels than its resources have room for, once", () => {
    let message = "";
    try {
      make(labelled(most + 1));
    } catch (error) {
      message = String(error);
    }
    expect(message.split("\n").filter((line) => line.includes("labels: given"))).toEqual([
      expect.stringContaining(`labels: given ${most + 1} labels; allowed: up to ${most}.`),
    ]);
  });

  test("refuses a key that Google does not take", () => {
    expect(() => make({ Team: "video" })).toThrow('labels["Team"]: given "Team"');
  });
});
