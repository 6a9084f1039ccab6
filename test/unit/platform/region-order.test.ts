import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePlacement, withFirstRegion, type Placement } from "../../../components/index.ts";
import { partnersOf } from "../../../components/placement/lookup.ts";
import { REGIONS } from "../../../components/placement/tables.ts";
import { platformOfOwnClusters, record, type Settings } from "./world.ts";

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

async function inputsIn(placement: Placement): Promise<unknown> {
  const { recorder } = await record();
  const regions = placement.regions.toSorted();
  platformOfOwnClusters({ mode: "AUTOPILOT" }, regions, { ...everything, placement });
  await recorder.settled();
  return recorder.resources.map(({ type, name, inputs }) => ({ type, name, inputs }));
}

test("a pair of regions is the same placement whichever is written first", () => {
  fc.assert(
    fc.property(fc.constantFrom(...pairs), ([one, other]) => {
      expect(parsePlacement(`${one}+${other}`)).toEqual(parsePlacement(`${other}+${one}`));
    }),
  );
});

test("no input of any resource of a platform changes when the two are swapped", async () => {
  const written = await inputsIn(parsePlacement("us-west1+us-central1"));
  expect(written).toEqual(await inputsIn(parsePlacement("us-central1+us-west1")));
});

test("a stack made with the other order keeps all of it by naming the region that comes first", async () => {
  const placement = parsePlacement("us-central1+us-west1");
  // As it was listed before there was one order.
  const before: Placement = { ...placement, regions: ["us-west1", "us-central1"] };
  const kept = await inputsIn(withFirstRegion(placement, "us-west1"));
  expect(kept).toEqual(await inputsIn(before));
  expect(kept).not.toEqual(await inputsIn(placement));
});
