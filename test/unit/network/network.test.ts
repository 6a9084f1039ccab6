import { beforeEach, describe, expect, test } from "vitest";
import { Network, type NetworkArgs } from "../../../components/index.ts";
import { recordPulumi, valueOf, type Recorder } from "../pulumi-mocks.ts";

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi();
});

const make = async (args: Partial<NetworkArgs> = {}): Promise<Network> => {
  const network = new Network("encoders", {
    projectId: "my-project",
    regions: [
      { region: "us-central1", block: 0 },
      { region: "us-east1", block: 1 },
    ],
    ...args,
  });
  await program.settled();
  return network;
};
const routes = () => program.ofType("gcp:compute/route:Route").map(({ inputs }) => inputs["destRange"]);
const records = () =>
  program.ofType("gcp:dns/recordSet:RecordSet").map(({ inputs }) => {
    const { name, type, rrdatas } = inputs as { name: string; type: string; rrdatas: string[] };
    return `${name} ${type} ${rrdatas.join(" ")}`;
  });

describe("the way out", () => {
  test("leads to Google's restricted address and nowhere else", async () => {
    await make();
    expect(program.only("gcp:compute/network:Network").inputs).toMatchObject({
      autoCreateSubnetworks: false,
      deleteDefaultRoutesOnCreate: true,
    });
    expect(routes()).toEqual(["199.36.153.4/30"]);
    expect(program.ofType("gcp:compute/routerNat:RouterNat")).toEqual([]);
  });

  test("leads to the private address when asked to", async () => {
    await make({ googleApis: "PRIVATE" });
    expect(routes()).toEqual(["199.36.153.8/30"]);
    expect(records()).toContain(
      "private.googleapis.com. A 199.36.153.8 199.36.153.9 199.36.153.10 199.36.153.11",
    );
  });

  test("leads to the internet by Cloud NAT in every region when asked to", async () => {
    await make({ cloudNat: true });
    expect(routes()).toEqual(["199.36.153.4/30", "0.0.0.0/0"]);
    expect(program.ofType("gcp:compute/routerNat:RouterNat").map(({ inputs }) => inputs["region"])).toEqual([
      "us-central1",
      "us-east1",
    ]);
  });
});

test("APIs and both domains of images are found at the same four addresses", async () => {
  await make();
  const addresses = "199.36.153.4 199.36.153.5 199.36.153.6 199.36.153.7";
  expect(records().toSorted()).toEqual([
    "*.gcr.io. CNAME gcr.io.",
    "*.googleapis.com. CNAME restricted.googleapis.com.",
    "*.pkg.dev. CNAME pkg.dev.",
    `gcr.io. A ${addresses}`,
    `pkg.dev. A ${addresses}`,
    `restricted.googleapis.com. A ${addresses}`,
  ]);
  expect(program.ofType("gcp:dns/managedZone:ManagedZone").map(({ inputs }) => inputs["visibility"])).toEqual(
    ["private", "private", "private"],
  );
});

test("each region has a subnet with ranges for pods and Services", async () => {
  await make();
  const subnets = program.ofType("gcp:compute/subnetwork:Subnetwork");
  expect(subnets.map(({ name }) => name)).toEqual(["encoders-us-central1", "encoders-us-east1"]);
  expect(subnets[1]?.inputs).toMatchObject({
    region: "us-east1",
    ipCidrRange: "10.1.0.0/20",
    privateIpGoogleAccess: true,
    secondaryIpRanges: [
      { rangeName: "pods", ipCidrRange: "10.68.0.0/14" },
      { rangeName: "services", ipCidrRange: "10.1.16.0/20" },
    ],
  });
  expect(subnets[1]?.inputs).not.toHaveProperty("logConfig");
});

test("flow logs take the share that is asked for", async () => {
  await make({ flowLogSampling: 0.1 });
  expect(program.ofType("gcp:compute/subnetwork:Subnetwork")[0]?.inputs["logConfig"]).toMatchObject({
    flowSampling: 0.1,
  });
});

test("only control planes reach KEDA's ports, on tagged nodes", async () => {
  const network = await make();
  expect(program.only("gcp:compute/firewall:Firewall").inputs).toMatchObject({
    direction: "INGRESS",
    sourceRanges: ["10.0.32.0/28", "10.1.32.0/28"],
    targetTags: ["encoders-nodes"],
    allows: [{ protocol: "tcp", ports: ["6443", "9443"] }],
  });
  expect(await valueOf(network.nodeTag)).toBe("encoders-nodes");
});

test("a cluster finds by its region what it needs", async () => {
  const network = await make();
  expect(Object.keys(await valueOf(network.subnets))).toEqual(["us-central1", "us-east1"]);
  expect(await valueOf(network.subnetIn("us-east1"))).toMatchObject({
    podRangeName: "pods",
    serviceRangeName: "services",
    controlPlaneRange: "10.1.32.0/28",
  });
});

test("every child belongs to the component and is named after it", async () => {
  await make({ cloudNat: true });
  for (const { name, parent, custom } of program.resources) {
    if (custom) expect(parent).toBe("mpegflow-gcs:index:Network::encoders");
    expect(name).toMatch(/^encoders/);
  }
});
