import { describe, expect, test } from "vitest";
import { AccessPattern, dualRegion, predefined, region } from "../../../components/index.ts";
import { mismatches, type FixedSettings } from "../../../components/storage/adoption.ts";
import { describeProblem } from "../../../components/validation/index.ts";

const live: FixedSettings = {
  location: "US",
  dataLocations: ["US-WEST1", "us-central1"],
  hierarchicalNamespace: false,
  objectRetention: false,
};
const args = { placement: dualRegion("us-central1", "us-west1"), accessPattern: AccessPattern.ActiveActive };

describe("adopting a bucket", () => {
  test("finds nothing wrong where everything that cannot change is the same, whatever its spelling", () => {
    expect(mismatches(args, live)).toEqual([]);
    expect(
      mismatches(
        { ...args, placement: predefined("NAM4") },
        { ...live, location: "nam4", dataLocations: [] },
      ),
    ).toEqual([]);
  });

  test("in another place is refused with where it is, why, and what to do", () => {
    expect(mismatches({ ...args, placement: region("us-central1") }, live).map(describeProblem)).toEqual([
      "placement: given US-CENTRAL1; allowed: US (US-CENTRAL1 + US-WEST1), where the bucket is. Reason: a bucket " +
        "cannot be moved: another placement would need a new bucket, and the data would stay behind. Fix: describe " +
        "the existing bucket, or create a new bucket and transfer the objects",
    ]);
  });

  test.each([
    [
      { ...args, hierarchicalNamespace: true },
      live,
      "hierarchicalNamespace: given true; allowed: false, as the bucket is. Reason: it is decided when a bucket is " +
        "made. Fix: leave hierarchicalNamespace out",
    ],
    [
      args,
      { ...live, objectRetention: true },
      "objectRetention: given false; allowed: true, as the bucket is. Reason: it is decided when a bucket is made. " +
        "Fix: set objectRetention to true",
    ],
  ])("with what only a new bucket could have is refused", (wanted, found, message) => {
    expect(mismatches(wanted, found).map(describeProblem)).toEqual([message]);
  });
});
