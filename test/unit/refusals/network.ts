import { Network, type GoogleApis, type NetworkArgs } from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const network = (when: string, args: Partial<NetworkArgs>, ...says: string[]): Refusal => ({
  when,
  make: () =>
    new Network("encoders", { projectId: "my-project", regions: [{ region: "us-central1" }], ...args }),
  subject: 'Network "encoders"',
  says,
});

const wrongRange = (given: string, allowed: string, example: string) =>
  `given "${given}"; allowed: ${allowed} of private IPv4 addresses, in CIDR notation with no bits behind the prefix: ${example}. Fix: choose another range`;

export const networkRefusals: Refusal[] = [
  network(
    "a network without regions",
    { regions: [] },
    "regions: given 0 regions; allowed: 1 to 16. Fix: name the regions in which clusters are to stand",
  ),
  network(
    "a zone for a region",
    { regions: [{ region: "us-central1-a" }] },
    'regions[0].region: given "us-central1-a"; allowed: a region in lower case: us-central1. Fix: write the region\'s name',
  ),
  network(
    "the same region twice",
    {
      regions: [
        { region: "us-east1", block: 0 },
        { region: "us-east1", block: 1 },
      ],
    },
    'regions[1].region: given "us-east1"; allowed: each region once. Fix: remove the repeated region',
  ),
  network(
    "an address for a range",
    { regions: [{ region: "us-east1", nodeRange: "10.0.0.0" }] },
    `regions[0].nodeRange: ${wrongRange("10.0.0.0", "a subnet of /29 or larger", "10.0.0.0/20")}`,
  ),
  network(
    "bits behind the prefix",
    { regions: [{ region: "us-east1", nodeRange: "10.0.1.0/20" }] },
    `regions[0].nodeRange: ${wrongRange("10.0.1.0/20", "a subnet of /29 or larger", "10.0.0.0/20")}`,
  ),
  network(
    "public addresses for pods",
    { regions: [{ region: "us-east1", podRange: "8.8.0.0/16" }] },
    `regions[0].podRange: ${wrongRange("8.8.0.0/16", "a range of /21 or larger", "10.0.0.0/20")}`,
  ),
  network(
    "too few addresses for pods, and too many for the control plane, in one message",
    { regions: [{ region: "us-east1", podRange: "10.64.0.0/24", controlPlaneRange: "10.0.32.0/27" }] },
    `regions[0].podRange: ${wrongRange("10.64.0.0/24", "a range of /21 or larger", "10.0.0.0/20")}`,
    `regions[0].controlPlaneRange: ${wrongRange("10.0.32.0/27", "a range of exactly /28", "10.0.0.0/20")}`,
  ),
  network(
    "ranges of two regions that overlap",
    {
      regions: [
        { region: "us-central1", block: 0 },
        { region: "us-east1", block: 1, nodeRange: "10.0.0.0/16" },
      ],
    },
    "regions[1].nodeRange: given 10.0.0.0/16; allowed: a range apart from regions[0].nodeRange, 10.0.0.0/20. " +
      "Reason: addresses in one network have to be distinct. Fix: choose another range",
  ),
  network(
    "two regions whose order alone would say whose addresses are whose",
    { regions: [{ region: "us-east1" }, { region: "us-central1" }] },
    ...["us-east1", "us-central1"].map(
      (region, index) =>
        `regions[${index}].block: given nothing for ${region}; allowed: a whole number from 0 to 15, another one for each region. ` +
        "Reason: addresses that followed the order of the list would move when the list is sorted. " +
        "Fix: give each region its block; as the list stands, these keep the addresses that a network had: us-east1: 0, us-central1: 1",
    ),
  ),
  network(
    "a block that is not there, and one that is another region's",
    {
      regions: [
        { region: "us-central1", block: 16 },
        { region: "us-east1", block: 3 },
        { region: "us-west1", block: 3 },
      ],
    },
    ...["regions[0].block: given 16", "regions[2].block: given 3"].map(
      (given) =>
        `${given}; allowed: a whole number from 0 to 15, another one for each region. Fix: choose another block`,
    ),
  ),
  network(
    "an unknown way to Google's APIs",
    { googleApis: "PUBLIC" as GoogleApis },
    'googleApis: given "PUBLIC"; allowed: RESTRICTED or PRIVATE. Fix: use one of these',
  ),
  network(
    "a percentage for a share",
    { flowLogSampling: 50 },
    "flowLogSampling: given 50; allowed: a number from 0 (off) to 1. Fix: use a share: 0.1 logs a tenth of the connections",
  ),
];
