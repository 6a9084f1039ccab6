import { describe, expect, test } from "vitest";
import { STORAGE_PRICES } from "../../../components/storage/archive-costs.ts";
import { archiveLadderProblems } from "../../../components/storage/archive.ts";
import { archivePresets, type ArchiveLadder } from "../../../components/storage/index.ts";

const { mezzanine, outputs, petabyteArchive } = archivePresets;

/** US dollars at rest for a GiB, from day `from` to day `to` of its life, in months of 30 days. */
function atRest({ steps }: ArchiveLadder, from: number, to: number): number {
  let sum = 0;
  for (let day = from; day < to; day++) {
    const reached = steps.filter(({ afterDays }) => afterDays <= day).at(-1)?.to ?? "STANDARD";
    sum += STORAGE_PRICES.classes[reached].gibMonth / 30;
  }
  return sum;
}

describe.each(Object.entries(archivePresets))("%s", (_, preset) => {
  test("is a ladder that a bucket accepts, for every object", () => {
    expect(archiveLadderProblems(preset())).toEqual([]);
    expect(new Set(preset().steps.map(({ prefixes }) => prefixes))).toEqual(new Set([undefined]));
  });

  test("is for one prefix where one is given", () => {
    expect(preset("titles/").steps.map(({ prefixes }) => prefixes)).toEqual(
      preset().steps.map(() => ["titles/"]),
    );
  });
});

describe("the figures in the presets' descriptions", () => {
  test.each([
    ["mezzanine, first year", atRest(mezzanine(), 0, 365), 0.077],
    ["mezzanine, a later year", atRest(mezzanine(), 365, 730), 0.015],
    ["outputs, first year", atRest(outputs(), 0, 365), 0.152],
    ["outputs, a later year", atRest(outputs(), 365, 730), 0.049],
    ["Archive, a year", atRest(petabyteArchive(), 7, 372), 0.015],
    ["Standard, a year", atRest({ steps: [] }, 0, 365), 0.243],
  ])("%s", (_, calculated, printed) => {
    expect(calculated).toBeCloseTo(printed, 3);
  });
});

test("petabytes move in one step, counted from the custom time", () => {
  expect(petabyteArchive().steps).toEqual([{ to: "ARCHIVE", afterDays: 7, countedFrom: "CustomTime" }]);
});

test("presets of several prefixes can be joined", () => {
  const steps = [...mezzanine("mezzanines/").steps, ...outputs("outputs/").steps];
  expect(archiveLadderProblems({ steps })).toEqual([]);
});
