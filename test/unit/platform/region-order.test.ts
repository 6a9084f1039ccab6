import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  parsePlacement,
  withFirstRegion,
  type NetworkRegion,
  type Placement,
} from "../../../components/index.ts";
import { partnersOf } from "../../../components/placement/lookup.ts";
import { REGIONS } from "../../../components/placement/tables.ts";
import { platform, platformOfOwnClusters, record, type Settings } from "./world.ts";

const pairs = REGIONS.flatMap((one) => partnersOf(one).map((other) => [one, other] as const));

/** Everything that holds data, keys, identities or addresses in some region. */
const everything: Settings = {
  signer: "HMAC",
  separateSigners: true,
  encryption: { secrets: {}, auditLogBucket: {} },
  audit: { destinations: { logBucket: {}, archiveBucket: {}, bigQuery: {} } },
  delivery: { domains: ["media.example.com"] },
  history: { bigQuery: { location: "US" } },
  uploads: { prefix: "incoming/", outputPrefix: "encoded/" },
};

type Declare = (regions: string[], settings: Settings) => unknown;
const declarations: Record<string, Declare> = {
  "that makes Autopilot clusters": (regions, settings) =>
    platformOfOwnClusters({ mode: "AUTOPILOT" }, regions, settings),
  "that makes clusters with node pools, backups and a way to the internet": (regions, settings) =>
    platformOfOwnClusters(
      {
        encoderPools: [{ name: "spot", machineType: "c3d-standard-16", maxNodes: 20, diskSizeGb: 250 }],
        backup: { schedule: "0 3 * * *" },
        network: { cloudNat: true },
      },
      regions,
      { ...settings, encoders: { scaling: { kind: "SCALED_OBJECT", maxReplicas: 4 } } },
    ),
  "in clusters that are there": (regions, settings) => platform(regions, settings),
};

/** All that is declared: types, names and inputs. */
async function resourcesOf(declare: Declare, regions: readonly string[], placement: Placement) {
  const { recorder } = await record();
  declare([...regions], { ...everything, placement });
  await recorder.settled();
  return recorder.resources
    .map(({ type, name, inputs }) => ({ id: `${type} ${name}`, inputs }))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

const inputsIn = (placement: Placement): Promise<unknown> =>
  resourcesOf(
    (regions, settings) => platformOfOwnClusters({ mode: "AUTOPILOT" }, regions, settings),
    placement.regions.toSorted(),
    placement,
  );

test("a pair of regions is the same placement whichever is written first", () => {
  fc.assert(
    fc.property(fc.constantFrom(...pairs), ([one, other]) => {
      expect(parsePlacement(`${one}+${other}`)).toEqual(parsePlacement(`${other}+${one}`));
    }),
  );
});

test.each(Object.entries(declarations))(
  "a platform %s is the same for every order of clusters and regions",
  async (_, declare) => {
    const sorted = parsePlacement("us-central1+us-west1");
    const swapped = parsePlacement("us-west1+us-central1");
    expect(await resourcesOf(declare, ["us-west1", "us-central1"], swapped)).toEqual(
      await resourcesOf(declare, ["us-central1", "us-west1"], sorted),
    );
  },
);

describe("the addresses of a region", () => {
  const subnetsOf = async (
    regions: string[],
    ranges: NetworkRegion[] = [],
  ): Promise<Record<string, unknown>> => {
    const { recorder } = await record();
    platformOfOwnClusters({ mode: "AUTOPILOT", network: { ranges } }, regions);
    await recorder.settled();
    return Object.fromEntries(
      recorder
        .ofType("gcp:compute/subnetwork:Subnetwork")
        .map(({ inputs }) => [String(inputs["region"]), inputs["ipCidrRange"]]),
    );
  };

  test("follow its place in the placement, whether or not the other has a cluster", async () => {
    expect(await subnetsOf(["us-east1", "us-central1"])).toEqual({
      "us-central1": "10.0.0.0/20",
      "us-east1": "10.1.0.0/20",
    });
    expect(await subnetsOf(["us-east1"])).toEqual({ "us-east1": "10.1.0.0/20" });
  });

  test("are kept by their block where a stack was made in another order", async () => {
    const ranges = [
      { region: "us-east1", block: 0 },
      { region: "us-central1", block: 1 },
    ];
    expect(await subnetsOf(["us-central1", "us-east1"], ranges)).toEqual({
      "us-central1": "10.1.0.0/20",
      "us-east1": "10.0.0.0/20",
    });
  });

  test("are refused where they are given, whatever the order of the clusters", () => {
    const ranges = [{ region: "us-east1", nodeRange: "10.0.0.0/16" }];
    expect(() =>
      platformOfOwnClusters({ mode: "AUTOPILOT", network: { ranges } }, ["us-east1", "us-central1"]),
    ).toThrow("ownClusters.network.ranges[0].nodeRange: given 10.0.0.0/16");
  });
});

test("a stack made with the other order keeps all of it by naming the region that comes first", async () => {
  const placement = parsePlacement("us-central1+us-west1");
  // As it was listed before there was one order.
  const before: Placement = { ...placement, regions: ["us-west1", "us-central1"] };
  const kept = await inputsIn(withFirstRegion(placement, "us-west1"));
  expect(kept).toEqual(await inputsIn(before));
  expect(kept).not.toEqual(await inputsIn(placement));
});
