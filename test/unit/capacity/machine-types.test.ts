import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { machineTypeOf } from "../../../components/capacity/index.ts";

describe("a machine type", () => {
  // https://docs.cloud.google.com/compute/docs/general-purpose-machines and those of the other families
  it.each([
    ["e2-standard-4", 4, 16],
    ["e2-highcpu-8", 8, 8],
    ["n1-standard-8", 8, 30],
    ["n1-highcpu-16", 16, 14.4],
    ["n2-highmem-16", 16, 128],
    ["n2d-standard-32", 32, 128],
    ["n4-highcpu-16", 16, 32],
    ["c2-standard-16", 16, 64],
    ["c2d-highcpu-16", 16, 32],
    ["c3-highcpu-22", 22, 44],
    ["c3d-standard-16", 16, 64],
    ["c3d-highcpu-16", 16, 32],
    ["c3d-highcpu-30", 30, 59],
    ["c3d-highcpu-360", 360, 708],
    ["c4-standard-2", 2, 7],
    ["c4-standard-8", 8, 30],
    ["c4-highmem-8", 8, 62],
    ["c4a-highcpu-16", 16, 32],
    ["c4d-standard-8", 8, 31],
    ["c4d-highcpu-16", 16, 30],
    ["t2a-standard-16", 16, 64],
    ["t2d-standard-60", 60, 240],
    ["g2-standard-8", 8, 32],
    ["a2-highgpu-2g", 24, 170],
    ["n2-custom-6-12288", 6, 12],
    ["custom-6-12288", 6, 12],
    ["e2-medium", 2, 4],
    ["c3d-standard-16-lssd", 16, 64],
  ])("%s has %d vCPUs and %d GB", (name, cpus, gb) => {
    expect(machineTypeOf(name)).toMatchObject({ cpus, memoryMi: Math.round(gb * 1024) });
  });

  it.each(["c4a-standard-16", "t2a-standard-4", "n4a-standard-8", "n4a-custom-4-8192"])(
    "%s has Arm processors",
    (name) => {
      expect(machineTypeOf(name)?.architecture).toBe("arm64");
    },
  );

  it("says whether local SSDs come with it", () => {
    expect(machineTypeOf("c3d-standard-16-lssd")?.fixedLocalSsds).toBe(true);
    expect(machineTypeOf("c3d-standard-16")?.fixedLocalSsds).toBe(false);
  });

  it.each([
    "m1-ultramem-40",
    "z3-highmem-88",
    "c3d-standard-0",
    "c3d-standard",
    "x9-standard-4",
    "",
    "nothing",
  ])("%j is not known", (name) => {
    expect(machineTypeOf(name)).toBeUndefined();
  });

  it("of any name is known whole or not at all", () => {
    const series = fc.constantFrom("e2", "n1", "n2", "c2", "c2d", "c3d", "c4", "c4d", "t2d", "g2", "zz");
    const kinds = fc.constantFrom("standard", "highmem", "highcpu", "mega", "custom");
    fc.assert(
      fc.property(series, kinds, fc.nat(400), (family, kind, cpus) => {
        const found = machineTypeOf(`${family}-${kind}-${cpus}`);
        if (found === undefined) return;
        expect(found.cpus).toBe(cpus);
        expect(found.memoryMi).toBeGreaterThan(0);
      }),
    );
  });
});
