import { describe, expect, test } from "vitest";
import {
  dualRegion,
  keyRingLocation,
  multiRegion,
  parsePlacement,
  predefined,
  region,
} from "../../../components/index.ts";
import {
  CONFIGURABLE_DUAL_REGIONS,
  MULTI_REGIONS,
  PREDEFINED_DUAL_REGIONS,
  REGIONS,
  type PredefinedCode,
} from "../../../components/placement/index.ts";

describe("the key ring of", () => {
  test.each(REGIONS)("a bucket in the region %s is in that region", (name) => {
    expect(keyRingLocation(region(name))).toBe(name);
  });

  test.each(["ASIA1", "EUR4", "NAM4"] as const)(
    "the predefined dual-region %s is in the same dual-region",
    (code) => {
      expect(keyRingLocation(predefined(code))).toBe(code.toLowerCase());
    },
  );

  test.each(["EUR5", "EUR7", "EUR8"] as const)(
    "the predefined dual-region %s is in the multi-region europe",
    (code) => {
      expect(keyRingLocation(predefined(code))).toBe("europe");
    },
  );

  test("Google's own example, us-east1 and us-west1, is in the multi-region us", () => {
    expect(keyRingLocation(dualRegion("us-east1", "us-west1"))).toBe("us");
  });

  test("a configurable dual-region or multi-region of EU is in europe, for Cloud KMS knows no eu", () => {
    expect(keyRingLocation(dualRegion("europe-west1", "europe-west4"))).toBe("europe");
    expect(keyRingLocation(multiRegion("EU"))).toBe("europe");
  });

  test.each(Object.keys(CONFIGURABLE_DUAL_REGIONS).filter((code) => code !== "EU"))(
    "a configurable dual-region of %s is in the multi-region of that name",
    (code) => {
      expect(keyRingLocation({ location: code })).toBe(code.toLowerCase());
    },
  );

  test("any placement is the same however its code is spelt", () => {
    const codes = [...Object.keys(PREDEFINED_DUAL_REGIONS), ...MULTI_REGIONS] as PredefinedCode[];
    for (const code of codes) {
      expect(keyRingLocation({ location: code.toLowerCase() })).toBe(keyRingLocation(parsePlacement(code)));
    }
  });
});
